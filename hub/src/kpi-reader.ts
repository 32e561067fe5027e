import { readSources } from '@deskwire/clickhouse/flow-sources';
import { readStreams, type FlowDoor } from '@deskwire/clickhouse/flow-streams';
import { openKpiDoor } from '@deskwire/clickhouse/kpi/kpi-door';
import { readKpiFacts, readKpiFloor, type KpiFacts } from '@deskwire/clickhouse/kpi/kpi-facts';
import { today, type KpiRange } from '@deskwire/clickhouse/kpi/kpi-range';
import { readKpiAnswers } from '@deskwire/clickhouse/kpi/read-kpi-answers';
import type { KpiScope } from '@deskwire/contracts/channels';
import type { FlowGap, FlowSource } from '@deskwire/contracts/flow';
import { kpiNames, type KpiAnswers, type KpiFrame } from '@deskwire/contracts/kpi';
import { kpiDefinitions } from '@deskwire/contracts/kpi-definitions';

/** What is dear to read is read again after this long, and never shown when it is older than the second figure. */
const dueMs = 1_000;
const tooOldMs = 3_000;
/** After so long without a question, or one and a half times what the last one took, nobody waits for a quick answer. */
const quietMs = 500;
const quietTimes = 1.5;

/** Cheap to read, and what moves. States rest on all of history; times and rates weigh the rows of each ticket against each other. */
const events = kpiNames.filter((name) => kpiDefinitions[name].kind === 'events');

/** Everything, as it was read at one moment. */
interface Whole {
  answers: KpiAnswers;
  sources: FlowSource[];
  gaps: FlowGap[];
  facts: KpiFacts;
  from: number;
  byTeam: boolean;
  /** When the question was asked; monotonic, ms. */
  askedAt: number;
}

export interface KpiReaderDoor extends FlowDoor {
  /** ms. */
  monotonic: () => number;
  /** Something that is not in the last answer was read since: the next one will have it. */
  onRead: () => void;
}

/**
 * Today's figures of several scopes, `all` and `team:<id>`, in the same statements. While questions come one after the other, events
 * are counted for each of them, and everything else is read beside them once a second: its `as_of` says so. The reader throws
 * QueryError.
 */
export function createKpiReader(door: KpiReaderDoor) {
  const figures = openKpiDoor(door.client).figures;
  let known: Whole | undefined;
  let reading: Promise<void> | undefined;
  let last = { endedAt: -Infinity, tookMs: 0 };

  async function readWhole(byTeam: boolean, askedAt: number): Promise<KpiAnswers> {
    const streams = await readStreams(door);
    const range = dayOf(streams.at);
    const { sources } = await readSources(door, streams);
    const facts = await readKpiFacts(door.client, range);
    const answers = await readKpiAnswers(
      { figures, facts: () => Promise.resolve(facts) },
      { names: kpiNames, range, by: byTeam ? 'team' : 'none', flow: { ...streams, sources } },
    );
    known = { answers, sources, gaps: streams.gaps, facts, from: range.from, byTeam, askedAt };
    return answers;
  }

  async function readEvents({ answers, sources, gaps, facts, from }: Whole, byTeam: boolean): Promise<KpiAnswers> {
    const [streams, floor] = await Promise.all([readStreams(door, gaps), readKpiFloor(door.client)]);
    const range = dayOf(streams.at);
    if (range.from !== from) return readWhole(byTeam, door.monotonic());
    const counted = await readKpiAnswers(
      { figures, facts: () => Promise.resolve({ ...facts, ...floor }) },
      { names: events, range, by: byTeam ? 'team' : 'none', flow: { ...streams, sources } },
    );
    return { ...(known?.from === from ? known.answers : answers), ...counted };
  }

  function readBeside(byTeam: boolean, askedAt: number): void {
    // When it fails, what is known becomes too old, and the next question meets the same failure.
    reading ??= readWhole(byTeam, askedAt)
      .then(door.onRead, () => undefined)
      .finally(() => (reading = undefined));
  }

  async function read(byTeam: boolean): Promise<KpiAnswers> {
    const askedAt = door.monotonic();
    const isQuiet = askedAt - last.endedAt > Math.max(quietMs, quietTimes * last.tookMs);
    const serves = known !== undefined && (known.byTeam || !byTeam) && askedAt - known.askedAt < tooOldMs;
    if (known === undefined || !serves || isQuiet) return readWhole(byTeam, askedAt);
    if (askedAt - known.askedAt >= dueMs) readBeside(byTeam, askedAt);
    return readEvents(known, byTeam);
  }

  function dayOf(at: string): KpiRange {
    const day = today(Date.parse(at), door.zone);
    // The first moment of a day is a range too.
    return { from: day.from, to: Math.max(day.to, day.from + 1) };
  }

  return async (scopes: readonly KpiScope[]): Promise<Map<KpiScope, KpiFrame>> => {
    const startedAt = door.monotonic();
    const answers = await read(scopes.some((scope) => scope !== 'all'));
    last = { endedAt: door.monotonic(), tookMs: door.monotonic() - startedAt };
    return new Map(
      scopes.map((scope) => [scope, { range: 'today' as const, zone: door.zone, kpis: ofScope(answers, scope) }]),
    );
  };
}

/** A team without a row has n = 0, as when it is asked for alone. */
function ofScope(answers: KpiAnswers, scope: KpiScope): KpiAnswers {
  const kpis: KpiAnswers = {};
  for (const name of kpiNames) {
    const answer = answers[name];
    if (answer === undefined) continue;
    const { groups, value, n, business, ...proof } = answer;
    const figure = scope === 'all' ? { n, value, business } : groups?.find(({ group }) => `team:${group}` === scope);
    kpis[name] = {
      ...proof,
      value: figure?.value ?? null,
      n: figure?.n ?? 0,
      ...(figure?.business !== undefined && { business: figure.business }),
    };
  }
  return kpis;
}
