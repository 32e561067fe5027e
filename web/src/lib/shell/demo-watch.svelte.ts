import type { DemoAnswer } from '@deskwire/contracts/demo';
import { createContext } from 'svelte';

export type DemoState = DemoAnswer['state'];

export interface DemoWatchDoors {
  /** Rejects when there is no answer. */
  ask: () => Promise<DemoState>;
  /** The demo is gone, and with it what the page shows of it. */
  onRemoved: () => void;
}

/** How often it is asked while the demo is removed; ms. */
const removingMs = 2_000;
/** How many of these times go by otherwise: pages stay open for days, and others start and remove the demo meanwhile. */
const usualTimes = 15;

/** Whether simulated data is here, kept up to date on an open page. */
export class DemoWatch {
  state: DemoState = $state('none');
  readonly #doors: DemoWatchDoors;
  #isAsking = false;

  constructor(given: DemoState, doors: DemoWatchDoors) {
    this.state = given;
    this.#doors = doors;
  }

  get isHere(): boolean {
    return this.state === 'on' || this.state === 'removing';
  }

  /** Asks again from time to time; the answer ends it. */
  start(): () => void {
    let times = 0;
    const timer = setInterval(() => {
      times += 1;
      if (this.state === 'removing' || times % usualTimes === 0) void this.look();
    }, removingMs);
    return () => clearInterval(timer);
  }

  /** Figures say that they count simulated events. */
  saw(): void {
    if (!this.isHere) void this.look();
  }

  async look(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      const wasHere = this.isHere;
      this.state = await this.#doors.ask();
      if (wasHere && !this.isHere) this.#doors.onRemoved();
    } catch {
      // It is not known now: it is asked again, and until then what was known stands.
    } finally {
      this.#isAsking = false;
    }
  }
}

/** The shell sets it. */
export const [demoContext, setDemoContext] = createContext<DemoWatch>();
