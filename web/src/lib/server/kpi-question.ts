import { TooManyFigures } from '@deskwire/clickhouse/kpi/too-many-figures';
import { QueryError } from '@deskwire/clickhouse/query';
import { isLong, today, type KpiRange } from '@deskwire/clickhouse/kpi/kpi-range';
import type { FlowReport } from '@deskwire/contracts/flow';
import { kpiName, kpiNames, type KpiName } from '@deskwire/contracts/kpi';
import { readQuery, readRange, type KpiFilters } from '@deskwire/contracts/kpi-request';
import { may } from '@deskwire/contracts/roles';
import type { z } from 'zod';
import { allowed } from './api-access';
import { problems } from './problem';
import { Busy } from './take-turns';

/** What every KPI endpoint needs of a request. */
interface Asked {
  scope: string;
  from?: string | undefined;
  to?: string | undefined;
  team: string[];
}

export type KpiQuestion<Request> =
  { refusal: Response } | { request: Request; range: KpiRange; filters: KpiFilters; flow: FlowReport };

/**
 * Reads a request for KPIs and checks that this person may ask it. The flow is read here, before any figure. `kept` is a range
 * that an earlier page was made for; programs take an older flow rather than wait.
 */
export async function readKpiQuestion<Shape extends z.ZodRawShape>(
  { locals, url }: { locals: App.Locals; url: URL },
  schema: z.ZodObject<Shape>,
  asked: (request: z.output<z.ZodObject<Shape>>) => Asked & KpiFilters,
  {
    kept = () => undefined,
    isForProgram = false,
  }: {
    kept?: (request: z.output<z.ZodObject<Shape>>) => KpiRange | undefined;
    isForProgram?: boolean;
  } = {},
): Promise<KpiQuestion<z.output<z.ZodObject<Shape>>>> {
  const access = allowed(locals.who, 'kpi.team');
  if ('refusal' in access) return access;
  const read = readQuery(schema, url.searchParams);
  if (!read.ok) return { refusal: problems.badRequest(read.detail) };
  const { scope, from, to, team, priority, channel, source, assignee } = asked(read.value);
  const { actor } = access;
  const coversAll = may(actor, 'kpi.all') || actor.teams.length === 0;
  const only = scope === 'all' ? undefined : scope.slice('team:'.length);
  if (!coversAll && (only === undefined || !actor.teams.includes(only)))
    return { refusal: problems.otherTeam(actor.teams) };
  if (only !== undefined && team.some((each) => each !== only))
    return { refusal: problems.badRequest(`"team" names another team than scope=team:${only}; use one of the two.`) };
  // One's own team exists, also before its first ticket.
  if (only !== undefined && !actor.teams.includes(only) && !(await locals.doors.isKnownTeam(only)))
    return { refusal: problems.unknownTeam(only, await locals.doors.knownTeams()) };
  const asksLong =
    from !== undefined && isLong({ from: Date.parse(from), to: to === undefined ? Date.now() : Date.parse(to) });
  const flow = await locals.doors.readFlow({ isOfLong: asksLong, isForProgram });
  if (!flow.known) return { refusal: problems.clickHouseAway() };
  const clock = { now: Date.now(), readAt: Date.parse(flow.report.at), zone: locals.doors.env.TIME_ZONE };
  const range = kept(read.value) ?? askedRange({ from, to }, clock);
  const checked = readRange(range.from, range.to);
  if (!checked.ok) return { refusal: problems.badRequest(checked.detail) };
  const filters = { team: only === undefined ? team : [only], priority, channel, source, assignee };
  return { request: read.value, range: checked.value, filters, flow: flow.report };
}

/**
 * Today by the clock, unless asked for something else, up to when the flow was read: that may be seconds ago, and before midnight.
 * The first moment of a day is a range too, and one that began after the flow was read.
 */
export function askedRange(
  { from, to }: Pick<Asked, 'from' | 'to'>,
  { now, readAt, zone }: { now: number; readAt: number; zone: string },
): KpiRange {
  const begin = from === undefined ? today(now, zone).from : Date.parse(from);
  if (to !== undefined) return { from: begin, to: Date.parse(to) };
  return { from: begin, to: begin <= now ? Math.max(readAt, begin + 1) : readAt };
}

/** Why a period before cannot be asked about, though the range can. */
export function refusalOfBefore({ from, to }: KpiRange): Response | undefined {
  const checked = readRange(from, to);
  if (checked.ok) return undefined;
  return problems.badRequest(
    `The period before, with which the range is compared, begins too early. ${checked.detail} Ask for a later or a shorter range.`,
  );
}

/** The KPI of an address, or the problem that lists all of them. */
export function kpiOf(name: string): { name: KpiName } | { refusal: Response } {
  const known = kpiName.safeParse(name);
  return known.success ? { name: known.data } : { refusal: problems.unknownKpi(name, kpiNames) };
}

/** Runs what asks ClickHouse; a query that took too long is another thing than a server that is away. */
export async function orProblem(answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof Busy) return problems.busy();
    if (error instanceof TooManyFigures) return problems.tooManyFigures();
    if (!(error instanceof QueryError)) throw error;
    const why = reasonOf(error.cause);
    if (why === 'bug') throw error;
    return why === 'slow' ? problems.tooSlow() : problems.clickHouseAway();
  }
}

/** 159: max_execution_time; 241: memory; 202, 209: too many, or too slow, to connect; 236, 394: it is stopping. A refused statement is a mistake of ours; anything else never reached the engine. */
function reasonOf(cause: unknown): 'slow' | 'away' | 'bug' {
  if (!(cause instanceof Error)) return 'away';
  if (cause.message.startsWith('Timeout error')) return 'slow';
  if (cause.name === 'ZodError') return 'bug';
  const code = 'code' in cause ? String(cause.code) : '';
  if (code === '159' || code === '241') return 'slow';
  return /^\d+$/.test(code) && !awayCodes.includes(code) ? 'bug' : 'away';
}
const awayCodes = ['202', '209', '236', '394'];
