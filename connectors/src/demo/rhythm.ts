import { demoTeams, type DemoTeam } from './staff.ts';
import { seededRandom } from './seeded-random.ts';

export const hourMs = 3_600_000;

/** A place on the clock of the desk's zone. */
export interface LocalHour {
  /** 0..23. */
  hour: number;
  isWeekend: boolean;
}

/** Relative to the mean of a day, from midnight on. */
const dayShape = [
  ...[0.25, 0.2, 0.18, 0.18, 0.2, 0.3, 0.5, 0.9, 1.5, 2.1, 2.2, 2.0],
  ...[1.6, 1.7, 2.0, 2.0, 1.8, 1.4, 1.0, 0.8, 0.65, 0.5, 0.4, 0.3],
];
const shapeSum = dayShape.reduce((sum, share) => sum + share, 0);
const weekendShare = 0.35;

/** The share of a weekday's work that falls into this hour. */
export function shareOfDay({ hour, isWeekend }: LocalHour): number {
  return ((dayShape[hour] ?? 0) / shapeSum) * (isWeekend ? weekendShare : 1);
}

/** Whether people are at work: outside these hours answers take longer. */
export const isStaffed = ({ hour, isWeekend }: LocalHour) => !isWeekend && hour >= 7 && hour < 20;

/** Reads the clock of a zone; answers the same for every minute of one hour. Throws RangeError for an unknown zone. */
export function createLocalClock(zone: string): (ms: number) => LocalHour {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, weekday: 'short', hour: 'numeric', hourCycle: 'h23' });
  const read = (hourIndex: number): LocalHour => {
    const parts = format.formatToParts(hourIndex * hourMs);
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? '';
    return { hour: Number(of('hour')), isWeekend: /Sat|Sun/.test(of('weekday')) };
  };
  const known = remember(read);
  return (ms) => known(Math.floor(ms / hourMs));
}

/** Asked a thousand times per hour of the clock: the answers for the last hours are kept. */
function remember<Answer>(read: (hourIndex: number) => Answer): (hourIndex: number) => Answer {
  const answers = new Map<number, Answer>();
  return (hourIndex) => {
    const known = answers.get(hourIndex);
    if (known !== undefined) return known;
    if (answers.size >= hoursRemembered) answers.clear();
    const answer = read(hourIndex);
    answers.set(hourIndex, answer);
    return answer;
  };
}

const hoursRemembered = 1_000;

/** Many customers write about the same thing at once. */
export interface Burst {
  team: DemoTeam;
  tickets: number;
  startMs: number;
  lengthMs: number;
}

/** The burst that begins in this hour, if there is one: about one a day and source, mostly while the desk is busy. */
export function burstOf(run: string, source: string, hourIndex: number, local: LocalHour): Burst | undefined {
  const random = seededRandom(run, source, 'burst', hourIndex);
  if (!random.chance(shareOfDay(local))) return undefined;
  return {
    team: random.pick(demoTeams),
    tickets: 6 + random.below(10),
    startMs: hourIndex * hourMs + random.below(30 * 60_000),
    lengthMs: (10 + random.below(15)) * 60_000,
  };
}

const silenceMs = 120_000;
/** One silence in so many hours of a source. */
const silenceEveryHours = 4;

/** The silences of one source: two minutes, now and then, in which it sends nothing, heartbeats neither. */
export function createSilences(run: string, source: string) {
  const ofHour = remember((hourIndex) => {
    const random = seededRandom(run, source, 'silence', hourIndex);
    const isSilentHour = random.chance(1 / silenceEveryHours);
    // Within the hour, so that whoever looks at a moment need look at one hour only.
    const fromMs = isSilentHour ? hourIndex * hourMs + random.below(hourMs - 2 * silenceMs) : Infinity;
    return { fromMs, toMs: fromMs + silenceMs };
  });
  const at = (ms: number) => {
    const silence = ofHour(Math.floor(ms / hourMs));
    return ms >= silence.fromMs && ms < silence.toMs ? silence : undefined;
  };
  return {
    isSilent: (ms: number) => at(ms) !== undefined,
    /** When something that happened at `ms` is sent: at once, or soon after the source speaks again, in the same order. */
    sendAt: (ms: number) => {
      const silence = at(ms);
      return silence === undefined ? ms : silence.toMs + (ms - silence.fromMs) / 60;
    },
  };
}
