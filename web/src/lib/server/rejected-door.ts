import { readRejectedEvent, readRejectedEvents, type RejectedQuestion } from '@deskwire/clickhouse/rejected-events';
import type { DeskEvent } from '@deskwire/contracts/event';
import { segmentOf } from '@deskwire/contracts/desk-id';
import {
  parseRejectedName,
  type RejectedBody,
  type RejectedEvent,
  type SettleAnswer,
} from '@deskwire/contracts/rejected';
import { subjects } from '@deskwire/contracts/subjects';
import type { NatsLink } from './nats-link';
import { publishOnce, type PublishRefusal } from './publish-once';
import { readMend } from './read-mend';
import { readRejectedBody } from './rejected-body';
import type { createVaultDoor } from './vault-door';

/** `unknown`: nothing was rejected at that position. `wrong`, `refused`: nothing was sent, and why. */
export type MendAnswer =
  | { ok: true; answer: SettleAnswer }
  | { ok: false; why: 'unknown' }
  | { ok: false; why: 'wrong'; detail: string; advice: string }
  | { ok: false; why: 'refused'; refused: PublishRefusal };

const timeoutMs = 2_000;
/** So long an answer waits for ingest to store what was sent. */
const storedWithinMs = 3_000;
const askAgainMs = 100;

/** What was rejected, and what an administrator does about it. Everything throws QueryError and NatsAway. */
export function createRejectedDoor(doors: {
  client: Parameters<typeof readRejectedEvents>[0];
  link: Pick<NatsLink, 'connection' | 'ask'>;
  open: ReturnType<typeof createVaultDoor>['open'];
  /** Unix time, ms. */
  now: () => number;
}) {
  const { client, link, open, now } = doors;

  async function find(name: string): Promise<RejectedEvent | undefined> {
    const place = parseRejectedName(name);
    return place === undefined ? undefined : readRejectedEvent(client, place);
  }

  /** Its bytes: for administrators only. */
  async function body(event: RejectedEvent): Promise<RejectedBody> {
    const place = parseRejectedName(event.name);
    if (place === undefined) return { state: 'gone', why: 'absent' };
    return link.ask(async () => {
      const jsm = await link.connection().jetstreamManager({ timeout: timeoutMs, checkAPI: false });
      return readRejectedBody({ jsm, open }, { place, event, now: now() });
    });
  }

  /**
   * Sends what settles it, once however often it is asked for: the stream takes one message on this subject, and when that has
   * expired the ledger knows. Answers as soon as the ledger says so, or with `settled: null` when ingest takes its time.
   */
  async function settle(event: RejectedEvent, bytes: Uint8Array): Promise<MendAnswer> {
    if (event.settled !== null) return { ok: true, answer: { sent: 'before', settled: event.settled } };
    const published = await publishOnce(link, subjects.settlement(segmentOf(event.source), event.name), bytes);
    if (published.sent === 'no') return { ok: false, why: 'refused', refused: published.refused };
    const deadline = now() + storedWithinMs;
    for (;;) {
      const settled = (await find(event.name))?.settled ?? null;
      if (settled !== null || now() >= deadline) return { ok: true, answer: { sent: published.sent, settled } };
      await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    }
  }

  return {
    /** One page, newest first. */
    list: (asked: RejectedQuestion) => readRejectedEvents(client, asked),
    find,
    body,
    /** Sends a mended event in its place, on the subject of its source. */
    mend: async (name: string, text: string): Promise<MendAnswer> => {
      const event = await find(name);
      if (event === undefined) return { ok: false, why: 'unknown' };
      const mend =
        event.settled === null ? readMend(event, text, now()) : { ok: true as const, bytes: new Uint8Array() };
      if (!mend.ok) return { ...mend, why: 'wrong' };
      return settle(event, mend.bytes);
    },
    /** Says for good that it will not be mended. `by`: an id of ours. */
    dismiss: async (name: string, reason: string, by: string): Promise<MendAnswer> => {
      const event = await find(name);
      if (event === undefined) return { ok: false, why: 'unknown' };
      if (reason === '' || reason.length > 500)
        return {
          ok: false,
          why: 'wrong',
          detail: 'reason: 1 to 500 characters are needed',
          advice: 'Say why it will never be mended.',
        };
      const dismissed: DeskEvent = {
        ...{ specversion: '1.0', id: `dismissed-${name}`, source: event.source, type: 'rejection.dismissed' },
        ...{ time: new Date(now()).toISOString(), data: { reason, by } },
      };
      return settle(event, Buffer.from(JSON.stringify(dismissed)));
    },
  };
}
