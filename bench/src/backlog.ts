import type { Servers } from './servers.ts';
import { benchEvent, benchSubjects, type EventShape } from './bench-event.ts';

export interface Backlog extends EventShape {
  events: number;
  /** 1: one event a message. */
  eventsPerMessage: number;
}

/** Fills EVENTS before anybody reads it; answers the bytes of one event on average. Rejects when messages are missing. */
export async function publishBacklog(servers: Servers, backlog: Backlog): Promise<{ eventBytes: number }> {
  const { bytes } = await publishAll(servers, backlogMessages(backlog));
  // An array adds its brackets and commas, 1 B an event.
  return { eventBytes: Math.round(bytes / backlog.events) - (backlog.eventsPerMessage === 1 ? 0 : 1) };
}

function* backlogMessages(backlog: Backlog): Generator<BacklogMessage> {
  const { events, eventsPerMessage } = backlog;
  for (let n = 0; n < events; n += eventsPerMessage) {
    const some = Array.from({ length: Math.min(eventsPerMessage, events - n) }, (_, i) => benchEvent(n + i, backlog));
    if (eventsPerMessage === 1) yield { subject: benchSubjects.single, text: some[0] ?? '' };
    else yield { subject: benchSubjects.batch, text: `[${some.join(',')}]` };
  }
}

export interface BacklogMessage {
  subject: string;
  text: string;
}

const flushEvery = 2_000;
const settleMsMax = 60_000;

/**
 * Publishes into the empty stream EVENTS, without acknowledgement, which is the slow side, so the stream's own count is
 * awaited. Rejects when messages are missing.
 */
export async function publishAll({ nc, jsm }: Servers, messages: Iterable<BacklogMessage>): Promise<{ bytes: number }> {
  let bytes = 0;
  let sent = 0;
  for (const { subject, text } of messages) {
    bytes += text.length;
    nc.publish(subject, text);
    sent += 1;
    if (sent % flushEvery === 0) await nc.flush();
  }
  await nc.flush();
  const until = performance.now() + settleMsMax;
  for (;;) {
    const stored = (await jsm.streams.info(benchSubjects.stream)).state.messages;
    if (stored === sent) return { bytes };
    if (performance.now() > until) throw new Error(`the stream holds ${stored} messages of ${sent} published`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
