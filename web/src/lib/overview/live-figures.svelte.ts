import type { Completeness, KpiFrame } from '@deskwire/contracts/kpi';
import type { StreamPosition } from '@deskwire/contracts/position';
import { createSteadyMarks } from '../live/steady-marks';
import type { FiguresAnswer } from './ask-figures';
import type { OverviewFigures } from './figures';

export interface LiveFiguresOptions {
  /** Asks for the figures of an address. */
  ask: (address: string) => Promise<FiguresAnswer>;
  monotonic: () => number;
}

/** They are asked for again after a commit, at most this often ... */
const everyMs = 5_000;
/** ... less often where answers are slow, so that those who look do not make it slower ... */
const restFactor = 4;
/** ... and even without one: days end, and what came late may lie outside of today. */
const atLeastEveryMs = 60_000;
/** Frames run ahead of ClickHouse by less than this: an answer as of a moment before may lack what they count, and is asked for again. */
const aheadMs = 3_000;
/** What frames count and is still not in an answer that was asked for so long ago is late: tiles and charts differ by it. */
const lateMs = 3 * everyMs;

/** What the charts draw: what the server painted, then whatever it answers after commits. */
export class LiveFigures {
  #latest: { address: string; figures: OverviewFigures } | undefined = $state.raw();
  /** Whether the last question had no answer, or none yet after long: what is shown is older than what was committed. */
  isBehind = $state(false);
  #options: LiveFiguresOptions;
  #address = '';
  #askedAt: number;
  /** How long the last answer took, ms. */
  #tookMs = 0;
  #seen = '';
  /** The last stored change of a ticket that frames know of. */
  #lastChange: StreamPosition | undefined;
  /** Up to which change the figures of the address were answered; undefined: they are not known. */
  #answeredTo: StreamPosition | undefined;
  /** When what frames count last changed, by the server's clock, ms. */
  #changedAt = -Infinity;
  /** Since when something is counted that the figures may lack, by the monotonic clock. */
  #owedSince: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;
  #held = false;
  #steady = createSteadyMarks();

  constructor(options: LiveFiguresOptions) {
    this.#options = options;
    this.#askedAt = options.monotonic();
  }

  /** The figures of an address: those answered since, or those that were painted. */
  of(address: string, painted: OverviewFigures | undefined): OverviewFigures | undefined {
    return this.#latest?.address === address ? this.#latest.figures : painted;
  }

  /** Another address is shown now; what was painted for it is new. */
  show(address: string, painted: OverviewFigures | undefined): void {
    this.#address = address;
    this.#answeredTo = painted?.stored ?? undefined;
    this.isBehind = false;
    this.#owedSince = undefined;
    this.#steady = createSteadyMarks();
    if (painted !== undefined) this.#askedAt = this.#options.monotonic();
    else this.#askSoon();
  }

  /** A frame came: what it counts, and the last change that is stored, say whether there is something to ask for. */
  saw({ kpis, last_change }: KpiFrame): void {
    this.#lastChange = last_change;
    const counts = JSON.stringify(
      Object.values(kpis).map(({ n, value, completeness }) => [n, value, drawnAs(completeness.state)]),
    );
    const isOld = this.#options.monotonic() - this.#askedAt > atLeastEveryMs;
    const hasChanged = this.#seen !== '' && counts !== this.#seen;
    if (hasChanged) this.#changedAt = Math.max(...Object.values(kpis).map(({ as_of }) => Date.parse(as_of)));
    if (hasChanged || this.#lacksChange()) this.#owedSince ??= this.#options.monotonic();
    // Where answers are slow the next one is not asked for at once, and takes as long again.
    const patienceMs = Math.max(lateMs, (restFactor + 2) * this.#tookMs);
    if (this.#owedSince !== undefined && this.#options.monotonic() - this.#owedSince > patienceMs) this.isBehind = true;
    if (hasChanged || this.#lacksChange() || (isOld && this.#seen !== '')) this.#askSoon();
    this.#seen = counts;
  }

  /** While it holds still nothing is asked, and what was asked for is not shown. */
  hold(on: boolean): void {
    if (this.#held === on) return;
    this.#held = on;
    this.#owedSince = undefined;
    if (!on) this.#askSoon();
  }

  close(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #askSoon(): void {
    if (this.#timer !== undefined || this.#ended || this.#held) return;
    const apartMs = Math.max(everyMs, Math.min(restFactor * this.#tookMs, atLeastEveryMs));
    const waitMs = Math.max(0, this.#askedAt + apartMs - this.#options.monotonic());
    this.#timer = setTimeout(() => void this.#ask(), waitMs);
  }

  async #ask(): Promise<void> {
    const address = this.#address;
    this.#askedAt = this.#options.monotonic();
    // Rejected: what asks could not be loaded itself.
    const answer = await this.#options.ask(address).catch((): FiguresAnswer => ({ state: 'later' }));
    this.#tookMs = this.#options.monotonic() - this.#askedAt;
    this.#timer = undefined;
    if (this.#ended || this.#held) return;
    if (address === this.#address) this.#learnt(answer);
    // What could not be read now stays as it was: the line beside the range says from when it is.
    if (answer.state === 'known') this.#latest = { address, figures: this.#steadied(answer.figures) };
    const isEarly = answer.state === 'known' && Date.parse(answer.figures.at) < this.#changedAt + aheadMs;
    const mayLack = isEarly || (answer.state === 'known' && this.#lacksChange());
    if (answer.state === 'known') this.#owedSince = mayLack ? this.#askedAt : undefined;
    if (mayLack || answer.state === 'later') this.#askSoon();
  }

  #learnt(answer: FiguresAnswer): void {
    this.isBehind = answer.state !== 'known';
    if (answer.state === 'known') this.#answeredTo = answer.figures.stored ?? undefined;
    // Where there is no answer to be had, the next change may bring one.
    if (answer.state === 'never') this.#answeredTo = this.#lastChange;
  }

  /** A change is stored that the figures were read before: what it moves may be in no frame. */
  #lacksChange(): boolean {
    const [last, known] = [this.#lastChange, this.#answeredTo];
    return last !== undefined && (last.epoch !== known?.epoch || last.seq > known.seq);
  }

  #steadied(figures: OverviewFigures): OverviewFigures {
    return { ...figures, answers: this.#steady(figures.answers, figures.at) };
  }
}

/** States that a chart draws alike: today is complete for a moment whenever nothing waits. */
function drawnAs(state: Completeness['state']): Completeness['state'] {
  return state === 'complete' ? 'provisional' : state;
}
