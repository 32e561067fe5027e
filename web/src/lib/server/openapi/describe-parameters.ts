import { z } from 'zod';

/** A part of an endpoint's address. */
export function inPath(name: string, schema: z.ZodType) {
  return { name, in: 'path', required: true, schema: toSchema(schema, 'input') };
}

/** The query of an endpoint: lists are repeated, `kpis` may also stand with commas. */
export function parametersOf(request: z.ZodObject) {
  return Object.entries(request.shape).map(([name, schema]) => {
    const described = parameterSchema.parse(z.toJSONSchema(schema, { io: 'input' }));
    const { description, ...rest } = described;
    return {
      ...{ name, in: 'query', required: !schema.safeParse(undefined).success, schema: { ...rest, $schema: undefined } },
      ...(description !== undefined && { description }),
      ...(rest['type'] === 'array' && { style: 'form', explode: name !== 'kpis' }),
    };
  });
}
const parameterSchema = z.looseObject({ description: z.string().optional() });

/** Without the dialect: OpenAPI 3.1 names one for the whole document. */
export function toSchema(schema: z.ZodType, io: 'input' | 'output' = 'output'): unknown {
  return { ...z.toJSONSchema(schema, { io }), $schema: undefined };
}
