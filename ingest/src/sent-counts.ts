import type { HeardHeartbeat, SentRecord } from '@deskwire/clickhouse/sent-record';

/** What was stored and not acknowledged to its sender for so long never will be: it sends it again, or has given it up. */
const acknowledgedWithinMs = 5_000;

/** `saidAt`: the time of the event, `at` that of its message in EVENTS. `isFinal`: not the source itself says so. */
export interface SaidHeartbeat {
  sent: number;
  saidAt: string;
  at: string;
  isFinal: boolean;
}

/**
 * Compares what sources say they have sent with what arrived. Between two heartbeats as many events have to arrive as `sent_count` has
 * grown by; what two heartbeats in a row are short of is missing, since one may overtake an event. What arrives late makes up for it, and so
 * does what stood before a heartbeat that did not count it yet: its acknowledgement was under way. A count that goes back begins anew, with
 * what was missing until then; unless it was said before the last one, and says nothing new. Pure; to be told in the order of the stream.
 * Times are ISO.
 */
export function createSentCounts(heard: HeardHeartbeat[]) {
  const last = new Map(heard.map((one) => [one.source, { ...one }]));
  return {
    /** Events of any disposition that are no heartbeats. */
    arrived: (source: string, count: number): void => {
      const one = last.get(source);
      if (one !== undefined) one.arrived += count;
    },
    /** Answers what the row of this heartbeat has to say. */
    heartbeat: (source: string, said: SaidHeartbeat): Omit<HeardHeartbeat, 'arrived'> => {
      const before = last.get(source);
      const heard = { source, arrived: 0, at: said.at, ...told(before, said) };
      last.set(source, heard);
      return heard;
    },
  };
}

const none: SentRecord = { short: 0, missing: 0, from: null, to: null };

function told(
  before: HeardHeartbeat | undefined,
  said: SaidHeartbeat,
): Pick<HeardHeartbeat, 'sent' | 'saidAt' | 'record'> {
  const { sent, saidAt, at, isFinal } = said;
  if (before === undefined) return { sent, saidAt, record: none };
  if (sent >= before.sent) return { sent, saidAt, record: recordAfter(before, sent, at, !isFinal) };
  if (saidAt > before.saidAt) return { sent, saidAt, record: anew(before.record) };
  // Overtaken by that one.
  return { sent: before.sent, saidAt: before.saidAt, record: recordAfter(before, before.sent, at, false) };
}

const anew = (record: SentRecord): SentRecord => (record.missing === 0 ? none : { ...record, short: record.missing });

/** `isNews`: the source itself says what it has sent by now. */
function recordAfter(before: HeardHeartbeat, sent: number, at: string, isNews: boolean): SentRecord {
  const { record, arrived } = before;
  const isQuiet =
    sent === before.sent && arrived === 0 && Date.parse(at) - Date.parse(before.at) >= acknowledgedWithinMs;
  const owed = isNews && isQuiet ? Math.max(0, record.short) : record.short;
  const short = Math.min(Number.MAX_SAFE_INTEGER, owed + (sent - before.sent) - arrived);
  if (short <= 0) return { ...none, short };
  return {
    short,
    missing: Math.max(0, Math.min(short, record.short)),
    from: record.from ?? before.at,
    to: short > record.short ? at : record.to,
  };
}
