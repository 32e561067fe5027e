import { z } from 'zod';
import { kpiGrain, kpiName } from './kpi.ts';
import { utcTime } from './primitives.ts';

export const kpiDimensions = ['team', 'priority', 'channel', 'source', 'assignee'] as const;
export type KpiDimension = (typeof kpiDimensions)[number];
export const kpiBy = z.enum(['none', ...kpiDimensions]);
export type KpiBy = z.infer<typeof kpiBy>;
/** Values that pass, by dimension; none given: all. '' stands for not set. */
export type KpiFilters = Record<KpiDimension, string[]>;

/** A ClickHouse server takes 128 KiB a parameter: all values of a list, quoted. */
const filterMax = { values: 1_000, listBytes: 100 * 1024 } as const;
const askFewer = 'ask for fewer, or for all of them with by=';
const values = z
  .array(z.string())
  .max(filterMax.values, `at most ${filterMax.values} values; ${askFewer}`)
  .refine(
    (list) => list.reduce((sum, value) => sum + quotedBytes(value), 0) <= filterMax.listBytes,
    `all values together have at most ${filterMax.listBytes / 1024} KiB; ${askFewer}`,
  )
  .default([])
  .describe('may be repeated; at most 100 KiB together');

/** As part of a list: in quotes, with a comma, and with a backslash before what needs one. */
const quotedBytes = (value: string) => utf8.encode(value.replace(/[\\'\t\n\r]/g, '\\$&')).length + 3;
const utf8 = new TextEncoder();

const filters = { team: values, priority: values, channel: values, source: values, assignee: values };

/** How many figures an answer may have: KPIs times buckets times groups. */
export const kpiFiguresMax = 50_000;

/** `all`, or `team:<id>` with the slug of a team. */
export const kpiScope = z
  .string()
  .regex(/^(all|team:.+)$/, 'all, or team:<id>')
  .default('all');
const common = {
  scope: kpiScope,
  from: utcTime.optional().describe('included; absent: the beginning of today in the desk’s zone'),
  to: utcTime.optional().describe('excluded; absent: now'),
  ...filters,
};
const flag = z.enum(['true', 'false']).default('false');

/** `GET /api/v1/kpi` */
export const kpiRequest = z.strictObject({
  ...common,
  kpis: z.array(kpiName).default([]).describe('absent: all'),
  by: kpiBy.default('none'),
  previous: flag.describe('also the period of equal length before'),
});

/** `GET /api/v1/kpi/<name>/series` */
export const kpiSeriesRequest = z.strictObject({ ...common, grain: kpiGrain, by: kpiBy.default('none') });

/** `GET /api/v1/kpi/<name>/tickets` */
export const kpiReceiptRequest = z.strictObject({
  ...common,
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().optional().describe('`next` of the page before; it keeps the range of the first page'),
});

export type QueryAnswer<Value> = { ok: true; value: Value } | { ok: false; detail: string };

/**
 * Reads the query of an address: parameters that are lists may be repeated, `kpis` also takes commas. What is wrong is said in one
 * sentence that names the parameter.
 */
export function readQuery<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  query: URLSearchParams,
): QueryAnswer<z.output<z.ZodObject<Shape>>> {
  const given: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) {
    const all = query.getAll(name);
    const isList = isListOf(schema.shape, name);
    if (!isList && all.length > 1)
      return { ok: false, detail: `"${name}" is given ${all.length} times; give it once.` };
    given[name] = name === 'kpis' ? all.flatMap((text) => text.split(',')) : isList ? all : all[0];
  }
  const read = schema.safeParse(given);
  if (read.success) return { ok: true, value: read.data };
  const [issue] = read.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const known = Object.keys(schema.shape).join(', ');
    return { ok: false, detail: `There is no parameter "${issue.keys.join('", "')}" here; there are ${known}.` };
  }
  const name = String(issue?.path[0] ?? '');
  const hint = name === 'from' || name === 'to' ? ' Write it as 2026-11-22T10:00:00Z; a "+" in an address is %2B.' : '';
  return { ok: false, detail: `"${name}": ${issue?.message ?? 'is not valid'}.${hint}` };
}

/** A filter of figures is a list; what is called the same elsewhere may be one value. */
function isListOf(shape: z.ZodRawShape, name: string): boolean {
  const field = shape[name];
  return field instanceof z.ZodDefault && field.unwrap() instanceof z.ZodArray;
}

const dayMs = 86_400_000;
const earliest = Date.UTC(1970, 0, 2);
const latest = Date.UTC(2149, 0, 1);

/** Checks a range, Unix ms: at most ten years and a day, in order, and between 1970 and 2149. */
export function readRange(from: number, to: number): QueryAnswer<{ from: number; to: number }> {
  if (from >= to)
    return {
      ok: false,
      detail: `The range is empty or reversed: "from" (${iso(from)}) has to be before "to" (${iso(to)}).`,
    };
  if (from < earliest || to > latest)
    return { ok: false, detail: 'The range has to lie between 1970-01-02 and 2149-01-01.' };
  if (to - from > 3_654 * dayMs)
    return { ok: false, detail: 'The range is longer than ten years and a day; ask for parts of it.' };
  return { ok: true, value: { from, to } };
}
const iso = (ms: number) => new Date(ms).toISOString();
