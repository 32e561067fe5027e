import type { AlertEntry } from '@deskwire/contracts/alert';
import { createContext } from 'svelte';

const everyMs = 15_000;
const storageKey = 'alerts-seen';

/** The newest alerts and which of them are new to this browser; asked for again every 15 s while somebody looks. */
export class AlertList {
  /** Of the desk. */
  readonly zone: string;
  #known: { at: number; alerts: AlertEntry[] } | undefined = $state.raw();
  #failed = $state(false);
  /** Position of the newest one that was looked at. */
  #seen = $state(0);

  readonly alerts = $derived(this.#known?.alerts ?? []);
  readonly unread = $derived(this.alerts.filter(({ seq }) => this.isNew(seq)).length);
  /** `old`: what is shown was read earlier, and cannot be read now. */
  readonly state = $derived(
    this.#known === undefined ? (this.#failed ? 'failed' : 'loading') : this.#failed ? 'old' : 'read',
  );
  /** The server's time when they were read, Unix ms. */
  readonly at = $derived(this.#known?.at ?? 0);

  constructor(zone: string) {
    this.zone = zone;
  }

  isNew(seq: number): boolean {
    return seq > this.#seen;
  }

  /** From `onMount`; the answer ends it. */
  start(): () => void {
    this.#seen = Number(localStorage.getItem(storageKey) ?? 0);
    const look = () => {
      if (document.visibilityState === 'visible') void this.read();
    };
    look();
    const timer = setInterval(look, everyMs);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }

  async read(): Promise<void> {
    // Rejected: what asks could not be loaded itself.
    const answer = await import('./ask-alerts').then(({ askAlerts }) => askAlerts()).catch(() => undefined);
    this.#failed = answer === undefined;
    if (answer === undefined) return;
    this.#known = { at: Date.parse(answer.at), alerts: answer.alerts };
    const [newest] = answer.alerts;
    // Positions that begin again are those of another stream: nothing of it was looked at.
    if (newest !== undefined && newest.seq < this.#seen) this.#seen = 0;
  }

  /** All that is listed was looked at; remembered in this browser. */
  markSeen(): void {
    const [newest] = this.alerts;
    if (newest === undefined || newest.seq <= this.#seen) return;
    this.#seen = newest.seq;
    localStorage.setItem(storageKey, String(newest.seq));
  }
}

/** Absent for whoever may not read alerts; the shell sets it. */
export const [alertsContext, setAlertsContext] = createContext<AlertList | undefined>();
