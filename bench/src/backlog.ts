import type { Servers } from './servers.ts';
import { benchEvent, benchSubjects, type EventShape } from './bench-event.ts';

export interface Backlog extends EventShape {
  events: number;
  /** 1: one event a message. */
  eventsPerMessage: number;
}

const flushEvery = 2_000;
const settleMsMax = 60_000;

/**
 * Fills the stream with events before anybody reads them; answers the bytes of one event on average. Published without
 * acknowledgement, which is the slow side, so the stream's own count is awaited. Rejects when messages are missing.
 */
export async function publishBacklog({ nc, jsm }: Servers, backlog: Backlog): Promise<{ eventBytes: number }> {
  const { events, eventsPerMessage } = backlog;
  let bytes = 0;
  let sent = 0;
  for (let n = 0; n < events; n += eventsPerMessage) {
    const some = Array.from({ length: Math.min(eventsPerMessage, events - n) }, (_, i) => benchEvent(n + i, backlog));
    for (const text of some) bytes += text.length;
    if (eventsPerMessage === 1) nc.publish(benchSubjects.single, some[0]);
    else nc.publish(benchSubjects.batch, `[${some.join(',')}]`);
    sent += 1;
    if (sent % flushEvery === 0) await nc.flush();
  }
  await nc.flush();
  const until = performance.now() + settleMsMax;
  for (;;) {
    const stored = (await jsm.streams.info(benchSubjects.stream)).state.messages;
    if (stored === sent) return { eventBytes: Math.round(bytes / events) };
    if (performance.now() > until) throw new Error(`the stream holds ${stored} messages of ${sent} published`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
