import { readSources } from '@deskwire/clickhouse/flow-sources';
import { readStreams, ticketsEnd, type FlowDoor } from '@deskwire/clickhouse/flow-streams';
import { openKpiDoor } from '@deskwire/clickhouse/kpi/kpi-door';
import { today, type KpiRange } from '@deskwire/clickhouse/kpi/kpi-range';
import { readKpiAnswers } from '@deskwire/clickhouse/kpi/read-kpi-answers';
import type { ChangesEnd } from '@deskwire/clickhouse/kpi/read-kpis';
import type { KpiScope } from '@deskwire/contracts/channels';
import type { FlowStream } from '@deskwire/contracts/flow';
import { kpiNames, type KpiAnswer, type KpiAnswers, type KpiFrame } from '@deskwire/contracts/kpi';
import { streams } from '@deskwire/contracts/subjects';
import type { ChangesFollower } from './follow-changes.ts';
import type { Ahead, ChangeCounts } from './recent-changes.ts';

/**
 * ClickHouse is asked again after this long, or so many times what the last answer took, which leaves the engine to others. While
 * nothing can run ahead of it, it only rests for as long as it took.
 */
const dueMs = { min: 900, times: 4, max: 2_000 };
/** What is older is not shown, but waited for. */
const tooOldMs = 4_000;

/** All figures as ClickHouse counted them at one moment. */
interface Whole {
  answers: KpiAnswers;
  /** Up to which change the counts of events go; undefined: as far as was stored, which is not known exactly. */
  end: ChangesEnd | undefined;
  /** EVENTS as the ledger had it. */
  events: FlowStream | undefined;
  /** Ingest stores none of the events that wait: what was rejected of them nobody knows. */
  isHeld: boolean;
  from: number;
  byTeam: boolean;
  /** When the question was asked; monotonic, ms. */
  askedAt: number;
  tookMs: number;
}

export interface KpiReaderDoor extends FlowDoor {
  /** ms. */
  monotonic: () => number;
  changes: Pick<ChangesFollower, 'answered' | 'since'>;
  /** Figures were read beside the frames: the next one will have them. */
  onRead: () => void;
}

/**
 * Today's figures of several scopes, `all` and `team:<id>`. ClickHouse counts them about once a second, all in the same statements;
 * what the desk has created, solved and reopened since is added to each frame (decision 20). The rest says by `as_of` how old it is.
 */
export function createKpiReader(door: KpiReaderDoor) {
  const { figures, facts } = openKpiDoor(door.client);
  let known: Whole | undefined;
  let reading: { byTeam: boolean; whole: Promise<Whole> } | undefined;
  let shownSeq = 0;

  async function readWhole(byTeam: boolean): Promise<Whole> {
    const askedAt = door.monotonic();
    const proof = await readStreams(door);
    const range = dayOf(Date.parse(proof.at));
    const { sources } = await readSources(door, proof);
    const end = ticketsEnd(proof);
    const answers = await readKpiAnswers(
      { figures, facts },
      { names: kpiNames, range, by: byTeam ? 'team' : 'none', flow: { ...proof, sources }, upTo: end },
    );
    const events = proof.streams.find(({ stream }) => stream === streams.events);
    const isHeld = stoodStill(known?.events, events);
    known = { answers, end, events, isHeld, from: range.from, byTeam, askedAt, tookMs: door.monotonic() - askedAt };
    if (end !== undefined) door.changes.answered(end);
    return known;
  }

  /** One question at a time: a later answer is never older than the one before. */
  function ask(byTeam: boolean): Promise<Whole> {
    if (reading !== undefined && byTeam && !reading.byTeam) {
      const again = () => ask(byTeam);
      return reading.whole.then(again, again);
    }
    if (reading !== undefined) return reading.whole;
    const done = () => (reading = undefined);
    const whole = readWhole(byTeam).finally(done);
    reading = { byTeam, whole };
    return whole;
  }

  function isDue(whole: Whole): boolean {
    const restedMs = 2 * whole.tookMs;
    const aheadMs = Math.max(dueMs.min, Math.min(dueMs.times * whole.tookMs, Math.max(dueMs.max, restedMs)));
    return door.monotonic() - whole.askedAt >= (aheadOf(whole) === undefined ? restedMs : aheadMs);
  }

  /** What is known, if it will do for a frame now. */
  function knownWhole(byTeam: boolean): Whole | undefined {
    const isOfToday = known?.from === dayOf(door.now()).from;
    const serves = known !== undefined && (known.byTeam || !byTeam) && door.monotonic() - known.askedAt < tooOldMs;
    return isOfToday && serves ? known : undefined;
  }

  /** What happened since; undefined where that cannot be said. */
  const aheadOf = ({ end }: Whole): Ahead | undefined =>
    end === undefined ? undefined : door.changes.since(end, dayOf(door.now()));

  /** What is known when it resolves makes a frame. */
  async function freshen(byTeam: boolean): Promise<Whole> {
    const whole = knownWhole(byTeam);
    if (whole === undefined) return ask(byTeam);
    const heardSeq = aheadOf(whole)?.heardSeq ?? 0;
    const isNews = heardSeq !== shownSeq;
    shownSeq = heardSeq;
    if (!isDue(whole)) return whole;
    const asked = ask(byTeam);
    // Nothing to show before the answer is there.
    if (!isNews) return asked;
    // When it fails, what is known becomes too old, and the next question meets the same failure.
    asked.then(door.onRead, () => undefined);
    return whole;
  }

  function dayOf(now: number): KpiRange {
    const day = today(now, door.zone);
    // The first moment of a day is a range too.
    return { from: day.from, to: Math.max(day.to, day.from + 1) };
  }

  return {
    /** Whether a commit deserves a frame: without one, what ClickHouse answered last is good for a while. */
    isDue: (): boolean => known === undefined || isDue(known),
    /** Throws QueryError. */
    read: async (scopes: readonly KpiScope[]): Promise<Map<KpiScope, KpiFrame>> => {
      const byTeam = scopes.some((scope) => scope !== 'all');
      const found = await freshen(byTeam);
      // An answer that came at the same moment has taken the changes that it counts from those that run ahead.
      let whole = known ?? found;
      // A day that ended while it was read is not today.
      while (whole.from !== dayOf(door.now()).from) whole = await ask(byTeam);
      const ahead = aheadOf(whole);
      const frame = { range: 'today' as const, zone: door.zone, last_change: lastChange(whole.end, ahead) };
      return new Map(
        scopes.map((scope) => {
          const kpis = ofScope(whole.answers, scope);
          return [scope, { ...frame, kpis: ahead ? plus(kpis, ahead, scope, whole.isHeld) : kpis }];
        }),
      );
    },
  };
}

/** While TICKETS is not followed, anything that is stored may be a change. */
const lastChange = (end: ChangesEnd | undefined, ahead: Ahead | undefined): ChangesEnd | undefined =>
  end === undefined || ahead === undefined ? end : { epoch: end.epoch, seq: ahead.changedSeq };

/** Of events that waited at one answer none was stored until the next. */
function stoodStill(before: FlowStream | undefined, now: FlowStream | undefined): boolean {
  if (before === undefined || now === undefined || (before.lagMessages ?? 0) === 0) return false;
  return now.epoch === before.epoch && now.committedSeq === before.committedSeq;
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

/**
 * Counts with what happened since. All events that the desk had applied by then are in them, so their watermark moves on too, unless
 * the ledger, which tells of rejected ones, does not.
 */
function plus(kpis: KpiAnswers, { total, teams, watermark }: Ahead, scope: KpiScope, isHeld: boolean): KpiAnswers {
  const counts = scope === 'all' ? total : teams.get(scope.slice('team:'.length));
  const moved = (answer: KpiAnswer | undefined, name: keyof ChangeCounts): KpiAnswers => {
    if (answer === undefined) return {};
    const n = answer.n + (counts?.[name] ?? 0);
    const isNewer = !isHeld && Date.parse(watermark) > Date.parse(answer.watermark ?? '1970-01-01T00:00:00Z');
    const proof = isNewer && { watermark, as_of: watermark > answer.as_of ? watermark : answer.as_of };
    return { [name]: { ...answer, ...{ n, value: n === 0 ? null : n }, ...proof } };
  };
  const { created, solved, reopened } = kpis;
  return { ...kpis, ...moved(created, 'created'), ...moved(solved, 'solved'), ...moved(reopened, 'reopened') };
}
