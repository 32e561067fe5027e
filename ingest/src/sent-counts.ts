import type { HeardHeartbeat, SentRecord } from '@deskwire/clickhouse/sent-record';
import { segmentOf } from '@deskwire/contracts/desk-id';

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
 * what was missing until then; unless it was said before the last one, and says nothing new. Behind a final heartbeat nothing is waited
 * for. Pure; to be told in the order of the stream. Times are ISO.
 */
export function createSentCounts(heard: HeardHeartbeat[]) {
  const last = new Map(heard.map((one) => [one.source, { ...one }]));
  return {
    /** Events of any disposition that are no heartbeats. */
    arrived: (source: string, count: number): void => {
      const one = last.get(source);
      if (one !== undefined) one.arrived += count;
    },
    /**
     * A message that nobody could read was dismissed: what any source of its segment has been short of since it came is not waited for any
     * more, as nobody knows how many events it held, and of which of them.
     */
    dismissed: ({ source, receivedAt }: { source: string; receivedAt: string }): void => {
      for (const one of last.values())
        if (segmentOf(one.source) === source && one.unreadAt < receivedAt) one.unreadAt = receivedAt;
    },
    /** Answers what the row of this heartbeat has to say. */
    heartbeat: (source: string, said: SaidHeartbeat): HeardHeartbeat => {
      const before = last.get(source);
      const heard = { source, arrived: 0, at: said.at, unreadAt: '', ...told(before, said) };
      last.set(source, heard);
      return heard;
    },
  };
}

const none: SentRecord = { short: 0, missing: 0, from: null, to: null };

function told(
  before: HeardHeartbeat | undefined,
  { sent, saidAt, at, isFinal }: SaidHeartbeat,
): Pick<HeardHeartbeat, 'sent' | 'saidAt' | 'record'> {
  if (before === undefined) return { sent, saidAt, record: none };
  // What was said before, and counts no more, was overtaken.
  const isNews = sent > before.sent || saidAt > before.saidAt;
  // A final one has the time of another clock than the source's own.
  const newest = { sent: isNews ? sent : before.sent, saidAt: isNews && !isFinal ? saidAt : before.saidAt };
  const record =
    newest.sent < before.sent ? anew(before.record) : recordAfter(before, newest.sent, at, isNews && !isFinal);
  const isWrittenOff = isFinal || (before.unreadAt !== '' && before.unreadAt <= (record.to ?? ''));
  return { ...newest, record: isWrittenOff && record.short > 0 ? none : record };
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
