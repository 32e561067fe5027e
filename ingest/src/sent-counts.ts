import type { HeardHeartbeat, SentRecord } from '@deskwire/clickhouse/sent-record';

/**
 * Compares what sources say they have sent with what arrived. Between two heartbeats as many events have to arrive as `sent_count` has
 * grown by; what two heartbeats in a row are short of is missing, since one may overtake an event. What arrives late makes up for it. A count
 * that goes back begins anew, with what was missing until then. Pure; to be told in the order of the stream. Times are ISO.
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
    heartbeat: (source: string, sent: number, at: string): SentRecord => {
      const before = last.get(source);
      const record = before === undefined ? none : sent < before.sent ? anew(before.record) : after(before, sent, at);
      last.set(source, { source, sent, at, arrived: 0, record });
      return record;
    },
  };
}

const none: SentRecord = { short: 0, missing: 0, from: null, to: null };

const anew = (record: SentRecord): SentRecord => (record.missing === 0 ? none : { ...record, short: record.missing });

function after(before: HeardHeartbeat, sent: number, at: string): SentRecord {
  const { record, arrived } = before;
  const short = Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, record.short + (sent - before.sent) - arrived));
  if (short === 0) return none;
  return {
    short,
    missing: Math.min(short, record.short),
    from: record.from ?? before.at,
    to: short > record.short ? at : record.to,
  };
}
