import type { DemoSource } from '@deskwire/contracts/demo';
import type { DeskEvent } from '@deskwire/contracts/event';
import { subjects } from '@deskwire/contracts/subjects';
import { pause } from '@deskwire/streams/pause';
import { isoTime, type DemoMessage, type DemoPlace } from './demo-message.ts';
import type { SentPlace } from './place-door.ts';
import { hourMs } from './rhythm.ts';
import type { Simulation } from './simulate.ts';

export interface FeedSource {
  run: string;
  source: DemoSource;
  simulation: Simulation;
  /** Where to go on. */
  from: SentPlace;
  /** Resolves when the stream has stored it. */
  publish: (subject: string, body: string, place: SentPlace) => Promise<void>;
  /** Remembers the place outside of the stream. */
  note: (place: SentPlace) => Promise<void>;
  /** Unix time, ms. */
  now: () => number;
  /** Time that goes on evenly whatever happens to the clock, ms: heartbeats keep to it. */
  elapsed: () => number;
}

const heartbeatMs = 10_000;
const noteMs = 60_000;
const batchMax = 25;
/** So many due at once are history, or what a pause has held back: they go as arrays. */
const singlesMax = 10;
/** Between two arrays: 500 events a second of a source leave a small machine room for everybody else. */
const arrayPauseMs = 50;
const windowMs = 6 * hourMs;
const aheadMs = 600_000;

/**
 * Sends what a simulated source has to say: first what lies in the past, in arrays, then everything at its
 * time, with heartbeats. One message at a time, so that the newest stored one says exactly how far it has come. Resolves when `stop` aborts.
 */
export async function feedSource(feed: FeedSource, stop: AbortSignal): Promise<void> {
  const { run, source, simulation, now, elapsed } = feed;
  let place = feed.from;
  let lookedUpTo: DemoPlace = place;
  let waiting: DemoMessage[] = [];
  let beatAtMs = -Infinity;
  let notedAtMs = elapsed();

  /** Everything that is due, in order, and the first that is not. */
  function due(nowMs: number): DemoMessage[] {
    while (waiting.length === 0 && lookedUpTo.sendAtMs < nowMs + aheadMs / 2) {
      const untilMs = Math.min(lookedUpTo.sendAtMs + windowMs, nowMs + aheadMs);
      waiting = simulation.between(source, lookedUpTo, untilMs, nowMs - hourMs);
      lookedUpTo = { sendAtMs: untilMs, key: '\uffff' };
    }
    const first = waiting.findIndex(({ sendAtMs }) => sendAtMs > nowMs);
    return waiting.slice(0, Math.min(batchMax, first < 0 ? waiting.length : first));
  }

  async function send(messages: DemoMessage[], last: DemoMessage): Promise<void> {
    const next = { sendAtMs: last.sendAtMs, key: last.key, sentCount: place.sentCount + messages.length };
    const isOne = messages.length === 1;
    const subject = isOne ? subjects.event(source, last.event.type) : subjects.batch(source);
    await feed.publish(subject, JSON.stringify(isOne ? last.event : messages.map(({ event }) => event)), next);
    place = next;
    waiting.splice(0, messages.length);
  }

  async function beat(nowMs: number): Promise<void> {
    const cursor = isoTime(place.sendAtMs);
    const time = isoTime(nowMs);
    const event: DeskEvent = {
      ...{ specversion: '1.0', source: `${source}/demo`, id: `${run}-beat-${nowMs}`, time, type: 'source.heartbeat' },
      data: { cursor, sent_count: place.sentCount, interval_s: heartbeatMs / 1_000 },
    };
    await feed.publish(subjects.event(source, event.type), JSON.stringify(event), place);
    beatAtMs = elapsed();
  }

  while (!stop.aborted) {
    const nowMs = now();
    if (elapsed() - beatAtMs >= heartbeatMs && !simulation.isSilent(source, nowMs)) await beat(nowMs);
    const ready = due(nowMs);
    const sent = ready.length > singlesMax ? ready : ready.slice(0, 1);
    const last = sent.at(-1);
    if (last !== undefined) {
      await send(sent, last);
      if (sent.length > singlesMax) await pause(arrayPauseMs, stop);
    } else await pause(Math.min(1_000, Math.max(1, (waiting[0]?.sendAtMs ?? Infinity) - nowMs)), stop);
    if (elapsed() - notedAtMs >= noteMs) {
      notedAtMs = elapsed();
      await feed.note(place);
    }
  }
}
