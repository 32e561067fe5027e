import { ingestCommitted } from '@deskwire/contracts/flow';
import { streams, subjects } from '@deskwire/contracts/subjects';
import { floorMark } from '@deskwire/contracts/ticket';
import { benchEvent, benchInteraction, benchSubjects } from './bench-event.ts';
import type { Servers } from './servers.ts';

/** Events/s that were published, and how many messages ingest and desk were behind at most, looked at each second. */
export interface Arrivals {
  reached: number;
  ingestBehindMax: number;
  deskBehindMax: number;
}

const tickMs = 5;
const lookMs = 1_000;
const tickets = 10_000;
const catchUpMsMax = 60_000;

const snapshot = (n: number, nowMs: number) => benchEvent(n, { sealed: true, tickets }, nowMs);

/** Publishes at a steady rate until it is stopped, one event a message: so many events of tickets, the rest interactions. */
export function startArrivals(
  { nc }: Pick<Servers, 'nc'>,
  { rate, ticketRate }: { rate: number; ticketRate: number },
  /** JSON of the n-th event of a ticket, asked for just before it is published; `nowMs` is Unix time. */
  ticketEvent: (n: number, nowMs: number) => string = snapshot,
) {
  const startedAt = performance.now();
  let published = 0;
  const ticketsUntil = (n: number) => Math.floor((n * ticketRate) / rate);
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) * rate) / 1_000);
    for (; published < due; published++) {
      if (ticketsUntil(published + 1) > ticketsUntil(published))
        nc.publish(benchSubjects.single, ticketEvent(ticketsUntil(published), Date.now()));
      else nc.publish(benchSubjects.interaction, benchInteraction(published, Date.now()));
    }
  }, tickMs);
  return {
    /** Events so far. */
    count: () => published,
    stop: () => clearInterval(timer),
  };
}

/** Watches how far ingest and desk have come. */
export async function followArrivals({ nc, jsm }: Servers) {
  let committed = 0;
  const subscription = nc.subscribe(subjects.ingestCommitted, {
    callback: (_, message) => {
      const { stream, seq } = ingestCommitted.parse(message.json());
      if (stream === streams.events) committed = seq;
    },
  });
  await nc.flush();
  const max = { ingestBehindMax: 0, deskBehindMax: 0 };
  let applied = 0;
  let stopped = false;
  let broken: Error | undefined;
  async function look(): Promise<{ ingestBehind: number; deskBehind: number }> {
    const { state } = await jsm.streams.info(streams.tickets);
    if (state.messages > 0) {
      const newest = await jsm.streams.getMessage(streams.tickets, { seq: state.last_seq });
      applied = floorMark.parse(newest.json()).floor.seq;
    }
    const head = (await jsm.streams.info(streams.events)).state.last_seq;
    const behind = { ingestBehind: head - committed, deskBehind: head - applied };
    max.ingestBehindMax = Math.max(max.ingestBehindMax, behind.ingestBehind);
    max.deskBehindMax = Math.max(max.deskBehindMax, behind.deskBehind);
    return behind;
  }
  async function watch(): Promise<void> {
    while (!stopped) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  }
  watch().catch((cause: unknown) => (broken = new Error('the position of the desk is not known', { cause })));
  return {
    /**
     * Resolves when ingest and desk are behind by at most so many messages, or still by more after a while: then that is what
     * they can do. Rejects when nothing is applied at all. What was behind until then is forgotten.
     */
    untilCaughtUp: async (messagesMax: number) => {
      const deadline = performance.now() + catchUpMsMax;
      for (;;) {
        const now = await look();
        const areClose = now.ingestBehind <= messagesMax && now.deskBehind <= messagesMax;
        if ((areClose && applied > 0 && committed > 0) || performance.now() > deadline) break;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      if (applied === 0 || committed === 0) throw new Error(`no event was applied within ${catchUpMsMax} ms`);
      Object.assign(max, { ingestBehindMax: 0, deskBehindMax: 0 });
    },
    /** Throws what kept it from looking. */
    behind: () => {
      if (broken !== undefined) throw broken;
      return { ...max };
    },
    stop: () => {
      stopped = true;
      subscription.unsubscribe();
    },
  };
}
