import type { HeardHeartbeat, SentRecord } from '@deskwire/clickhouse/sent-record';

/** What was stored and not acknowledged to its sender for so long never will be: it sends it again, or has given it up. */
const acknowledgedWithinMs = 5_000;

/**
 * Compares what sources say they have sent with what arrived. Between two heartbeats as many events have to arrive as `sent_count` has
 * grown by; what two heartbeats in a row are short of is missing, since one may overtake an event. What arrives late makes up for it, and so
 * does what stood before a heartbeat that did not count it yet: its acknowledgement was under way. A count that goes back begins anew, with
 * what was missing until then. Pure; to be told in the order of the stream. Times are ISO.
 */
export function createSentCounts(heard: HeardHeartbeat[]) {
  const last = new Map(heard.map((one) => [one.source, { ...one }]));
  return {
    /** Events of any disposition that are no heartbeats. */
    arrived: (source: string, count: number): void => {
      const one = last.get(source);
      if (one !== undefined) one.arrived += count;
    },
    /** Answers what the row of this heartbeat has to say. `isFinal`: not the source itself says so. */
    heartbeat: (source: string, { sent, at, isFinal }: { sent: number; at: string; isFinal: boolean }): SentRecord => {
      const before = last.get(source);
      const record =
        before === undefined ? none : sent < before.sent ? anew(before.record) : after(before, { sent, at, isFinal });
      last.set(source, { source, sent, at, arrived: 0, record });
      return record;
    },
  };
}

const none: SentRecord = { short: 0, missing: 0, from: null, to: null };

const anew = (record: SentRecord): SentRecord => (record.missing === 0 ? none : { ...record, short: record.missing });

function after(before: HeardHeartbeat, { sent, at, isFinal }: { sent: number; at: string; isFinal: boolean }) {
  const { record, arrived } = before;
  const isQuiet =
    sent === before.sent && arrived === 0 && Date.parse(at) - Date.parse(before.at) >= acknowledgedWithinMs;
  const owed = isQuiet && !isFinal ? Math.max(0, record.short) : record.short;
  const short = Math.min(Number.MAX_SAFE_INTEGER, owed + (sent - before.sent) - arrived);
  if (short <= 0) return { ...none, short };
  return {
    short,
    missing: Math.max(0, Math.min(short, record.short)),
    from: record.from ?? before.at,
    to: short > record.short ? at : record.to,
  };
}
