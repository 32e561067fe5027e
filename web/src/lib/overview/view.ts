import type { KpiName } from '@deskwire/contracts/kpi';
import { kpiDefinitions } from '@deskwire/contracts/kpi-definitions';

/** What the overview shows, all of it in its address. */
export interface View {
  /** Absent: the widest scope that this person may see. */
  scope: Scope | undefined;
  /** The scope that holds where the address names none: naming it would be another question to the server. */
  implied?: Scope | undefined;
  range: RangeChoice;
  /** Only tickets of this priority. */
  priority: Priority | undefined;
  /** With the period before. */
  compare: boolean;
  /** The receipt that is open. */
  receipt: ReceiptChoice | undefined;
  /** Tables in place of charts. */
  table: boolean;
  /** Every team, not only the first few. */
  allTeams: boolean;
  wall: boolean;
  sort: { by: TeamColumn; down: boolean };
}
export type Scope = 'all' | `team:${string}`;
/** '' is that of tickets for which none is set. */
export const priorities = ['urgent', 'high', 'normal', 'low', ''] as const;
export type Priority = (typeof priorities)[number];
/** A number: of the whole view, of one team or priority in it, or of a span of its time (instants, ISO). */
export interface ReceiptChoice {
  name: KpiName;
  team?: string | undefined;
  priority?: Priority | undefined;
  span?: { from: string; to: string } | undefined;
}
export const rangeNames = ['today', 'yesterday', '7d', '28d'] as const;
export type RangeName = (typeof rangeNames)[number];
/** `from` and `to` are instants (ISO, UTC) or days of the desk's zone; `to` as a day is included. */
export type RangeChoice = { name: RangeName } | { name: 'custom'; from: string; to: string };
export const teamColumns = ['team', 'backlog', 'oldest', 'created', 'solved', 'first_reply_time', 'csat'] as const;
export type TeamColumn = (typeof teamColumns)[number];

/** Another range; what was open belonged to the one before. */
export const ofRange = (name: RangeName): Partial<View> => ({ range: { name }, receipt: undefined });

/** What the server is asked for: a page that is only looked at in another way asks nothing. */
export type AskedView = Pick<View, 'scope' | 'range' | 'priority'>;

/** Reads an address; what makes no sense in it is left out and said in one sentence. */
export function readAskedView(query: Pick<URLSearchParams, 'get'>): { view: AskedView; complaint: string | undefined } {
  const complaints: string[] = [];
  const range = readRangeChoice(query, complaints);
  const scope = query.get('scope');
  const known = scope === null || isScope(scope);
  if (!known) complaints.push(`"scope=${scope}" is neither all nor team:<id>`);
  const wanted = query.get('priority');
  const priority = priorityOf(wanted);
  if (wanted !== null && priority === undefined)
    complaints.push(`there is no priority "${wanted}", but ${priorities.slice(0, -1).join(', ')}`);
  return {
    view: { scope: scope !== null && isScope(scope) ? scope : undefined, range, priority },
    complaint: complaints.length === 0 ? undefined : complaints.join('; '),
  };
}

/** Reads the whole of an address. */
export function readView(query: Pick<URLSearchParams, 'get'>): { view: View; complaint: string | undefined } {
  const { view, complaint } = readAskedView(query);
  const by = (query.get('sort') ?? '').replace(/^-/, '');
  const column = teamColumns.find((name) => name === by);
  return {
    view: {
      ...view,
      compare: query.get('compare') !== 'none',
      receipt: readReceiptChoice(query),
      table: query.get('table') === '1',
      allTeams: query.get('teams') === 'all',
      wall: query.get('wall') === '1',
      sort: { by: column ?? 'backlog', down: column === undefined || query.get('sort')?.startsWith('-') === true },
    },
    complaint,
  };
}

/** The address of a view, without what is the default. */
export function viewAddress(view: View): string {
  const query = new URLSearchParams();
  if (view.scope !== undefined && view.scope !== view.implied) query.set('scope', view.scope);
  if (view.range.name === 'custom') {
    query.set('from', view.range.from);
    query.set('to', view.range.to);
  } else if (view.range.name !== 'today') query.set('range', view.range.name);
  if (view.priority !== undefined) query.set('priority', view.priority);
  if (!view.compare) query.set('compare', 'none');
  if (view.sort.by !== 'backlog' || !view.sort.down) query.set('sort', `${view.sort.down ? '-' : ''}${view.sort.by}`);
  if (view.table) query.set('table', '1');
  if (view.allTeams) query.set('teams', 'all');
  if (view.wall) query.set('wall', '1');
  if (view.receipt !== undefined) {
    const { name, team, priority, span } = view.receipt;
    query.set('receipt', name);
    if (team !== undefined) query.set('receipt_team', team);
    if (priority !== undefined) query.set('receipt_priority', priority);
    if (span !== undefined) {
      query.set('receipt_from', span.from);
      query.set('receipt_to', span.to);
    }
  }
  const text = query.toString();
  return text === '' ? '/' : `/?${text}`;
}

function readReceiptChoice(query: Pick<URLSearchParams, 'get'>): ReceiptChoice | undefined {
  const name = query.get('receipt');
  if (name === null || !isKpiName(name)) return undefined;
  const [from, to] = [query.get('receipt_from'), query.get('receipt_to')];
  return {
    name,
    team: query.get('receipt_team') ?? undefined,
    priority: priorityOf(query.get('receipt_priority')),
    span: from !== null && to !== null && isInstant(from) && isInstant(to) && from < to ? { from, to } : undefined,
  };
}

function readRangeChoice(query: Pick<URLSearchParams, 'get'>, complaints: string[]): RangeChoice {
  const [from, to] = [query.get('from'), query.get('to')];
  if (from !== null && to !== null) {
    if (isMoment(from) && isMoment(to)) {
      if (Date.parse(from) <= Date.parse(to)) return { name: 'custom', from, to };
      complaints.push(`the range ends (${to}) before it begins (${from})`);
    } else complaints.push(`"${isMoment(from) ? to : from}" is no time; write 2026-11-22 or 2026-11-22T10:00:00Z`);
    return { name: 'today' };
  }
  if (from !== null || to !== null) complaints.push('a range needs both "from" and "to"');
  const name = query.get('range');
  if (name === null) return { name: 'today' };
  const known = rangeNames.find((each) => each === name);
  if (known === undefined) complaints.push(`there is no range "${name}", but ${rangeNames.join(', ')}`);
  return { name: known ?? 'today' };
}

const priorityOf = (text: string | null) => priorities.find((each) => each === text);
/** Not by the schema: what the first paint runs does without zod. */
const isKpiName = (text: string): text is KpiName => Object.hasOwn(kpiDefinitions, text);

const isScope = (text: string): text is Scope => text === 'all' || /^team:.{1,700}$/u.test(text);

export const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

const isMoment = (text: string) => isDay(text) || isInstant(text);

const isInstant = (text: string) => /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) && !Number.isNaN(Date.parse(text));
