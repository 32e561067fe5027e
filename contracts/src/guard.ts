import { z } from 'zod';

type Guard = (value: unknown) => boolean;

/**
 * A schema as a plain question: is this JSON value already what the schema would make of it? Builds nothing, neither a copy nor an
 * error, which is most of what parsing costs; whoever hears "no" parses, to know why. Knows the kinds of schema that change no value,
 * and throws at once for any other. Keys stay in the order in which they were written.
 */
export function guardOf<Schema extends z.ZodType>(schema: Schema): (value: unknown) => value is z.output<Schema> {
  const guard = compile(schema);
  return (value): value is z.output<Schema> => guard(value);
}

function compile(schema: z.core.$ZodType): Guard {
  if (schema instanceof z.core.$ZodUnknown) return () => true;
  if (schema instanceof z.core.$ZodBoolean) return (value) => typeof value === 'boolean';
  if (schema instanceof z.core.$ZodEnum) return oneOf(Object.values(schema._zod.def.entries));
  if (schema instanceof z.core.$ZodLiteral) return oneOf(schema._zod.def.values);
  if (schema instanceof z.core.$ZodString) return stringGuard(schema);
  if (schema instanceof z.core.$ZodNumber) return numberGuard(schema);
  if (schema instanceof z.core.$ZodArray) return arrayGuard(schema);
  if (schema instanceof z.core.$ZodRecord && schema._zod.def.valueType instanceof z.core.$ZodUnknown) return isObject;
  if (schema instanceof z.core.$ZodDiscriminatedUnion) return unionGuard(schema);
  if (schema instanceof z.core.$ZodObject) return objectGuard(schema);
  throw unknownKind(schema);
}

function oneOf(values: readonly unknown[]): Guard {
  const [only] = values;
  if (values.length === 1) return (value) => value === only;
  const set = new Set(values);
  return (value) => set.has(value);
}

function stringGuard(schema: z.core.$ZodString): Guard {
  if (schema._zod.def.coerce === true) throw unknownKind(schema);
  let lengthMin = 0;
  let lengthMax = Infinity;
  const patterns: RegExp[] = [];
  if (schema instanceof z.core.$ZodStringFormat) patterns.push(patternOf(schema));
  for (const check of schema._zod.def.checks ?? []) {
    if (check instanceof z.core.$ZodCheckMinLength) lengthMin = Math.max(lengthMin, check._zod.def.minimum);
    else if (check instanceof z.core.$ZodCheckMaxLength) lengthMax = Math.min(lengthMax, check._zod.def.maximum);
    else if (check instanceof z.core.$ZodCheckStringFormat) patterns.push(patternOf(check));
    else throw unknownKind(check);
  }
  const [pattern, ...others] = patterns;
  if (others.length > 0) throw unknownKind(schema);
  if (pattern === undefined)
    return (value) => typeof value === 'string' && value.length >= lengthMin && value.length <= lengthMax;
  return (value) =>
    typeof value === 'string' && value.length >= lengthMin && value.length <= lengthMax && pattern.test(value);
}

/** A pattern that remembers where it stopped would answer by turns. */
function patternOf({ _zod: { def } }: { _zod: { def: { pattern?: RegExp | undefined } } }): RegExp {
  if (def.pattern === undefined || def.pattern.global || def.pattern.sticky) throw unknownKind(def);
  return def.pattern;
}

function numberGuard(schema: z.core.$ZodNumber): Guard {
  if (schema._zod.def.coerce === true) throw unknownKind(schema);
  let min = -Infinity;
  let max = Infinity;
  let above = -Infinity;
  let whole = false;
  for (const check of schema._zod.def.checks ?? []) {
    if (check instanceof z.core.$ZodCheckNumberFormat && check._zod.def.format === 'safeint') whole = true;
    else if (check instanceof z.core.$ZodCheckGreaterThan) {
      const bound = Number(check._zod.def.value);
      if (check._zod.def.inclusive) min = Math.max(min, bound);
      else above = Math.max(above, bound);
    } else if (check instanceof z.core.$ZodCheckLessThan && check._zod.def.inclusive)
      max = Math.min(max, Number(check._zod.def.value));
    else throw unknownKind(check);
  }
  return (value) =>
    typeof value === 'number' &&
    (whole ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
    value >= min &&
    value > above &&
    value <= max;
}

function arrayGuard(schema: z.core.$ZodArray): Guard {
  const element = compile(schema._zod.def.element);
  let lengthMax = Infinity;
  for (const check of schema._zod.def.checks ?? []) {
    if (check instanceof z.core.$ZodCheckMaxLength) lengthMax = Math.min(lengthMax, check._zod.def.maximum);
    else throw unknownKind(check);
  }
  return (value) => Array.isArray(value) && value.length <= lengthMax && value.every(element);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectGuard(schema: z.core.$ZodObject): Guard {
  // Anything but a loose object drops or refuses what it does not know.
  if (!(schema._zod.def.catchall instanceof z.core.$ZodUnknown) || (schema._zod.def.checks ?? []).length > 0)
    throw unknownKind(schema);
  const members = Object.entries(schema._zod.def.shape).map(([key, member]) =>
    member instanceof z.core.$ZodOptional
      ? { key, guard: compile(member._zod.def.innerType), optional: true }
      : { key, guard: compile(member), optional: false },
  );
  return (value) => {
    if (!isObject(value)) return false;
    for (const { key, guard, optional } of members) {
      const member = value[key];
      if (member === undefined ? !optional : !guard(member)) return false;
    }
    return true;
  };
}

function unionGuard(schema: z.core.$ZodDiscriminatedUnion): Guard {
  const { discriminator, options } = schema._zod.def;
  const guards = new Map<unknown, Guard>();
  for (const option of options)
    for (const value of option._zod.propValues?.[discriminator] ?? []) guards.set(value, compile(option));
  return (value) => isObject(value) && guards.get(value[discriminator])?.(value) === true;
}

const unknownKind = (schema: unknown) =>
  new TypeError('this kind of schema cannot be asked, only parsed', { cause: schema });
