import { z } from 'zod';
import type { Account } from './session.ts';
import { alertSeverities, streams, subjects } from './subjects.ts';

/** One message of ALERTS: something a person should know. `detail` says what to do; nothing personal. */
export const alert = z.object({ at: z.iso.datetime(), title: z.string(), detail: z.string() });
export type Alert = z.infer<typeof alert>;

/** One as it stands in ALERTS; `seq` is its position there. */
export const alertEntry = alert.extend({
  seq: z.number().int().positive(),
  severity: z.enum(alertSeverities),
  area: z.string(),
});
export type AlertEntry = z.infer<typeof alertEntry>;

/**
 * Somebody was refused because their record names a role that does not exist. `msgID` lets the broker drop repeats within
 * the same minute. `now`: Unix time, ms.
 */
export function unknownRoleAlert(account: Account, now: number): { subject: string; msgID: string; body: Alert } {
  const { kind, id } = account;
  const detail =
    kind === 'token'
      ? `Access token ${id} has a role that does not exist, so whoever used it was not let in. Revoke it:\nnpm run token -- revoke ${id}`
      : `Person ${id} has a role that does not exist, so they were not let in. Give them another on the page People.`;
  return {
    subject: subjects.alert('warning', 'access'),
    msgID: `unknown-role-${id}-${Math.floor(now / 60_000)}`,
    body: { at: new Date(now).toISOString(), title: 'Sign-in refused: unknown role', detail },
  };
}

/** A stream is nearly full, of all that its limit can still be raised by. `share`: 0..1. */
export function streamFillAlert(stream: string, share: number, now: number): { subject: string; body: Alert } {
  return {
    subject: subjects.alert('warning', 'broker'),
    body: {
      at: new Date(now).toISOString(),
      title: `Stream ${stream} is ${Math.round(share * 100)} % full`,
      detail:
        stream === streams.events
          ? 'When it is full it refuses publishers until messages expire. Look whether ingest keeps up (/readyz, the data-flow page) and give the disk more room.'
          : `When it is full ${whoWaits(stream)}, and nothing in it expires by itself; what waits is not lost, and goes on by itself. Its limit was raised as far as there is room: give the disk more, and the limit follows within seconds. On a NATS server of your own raise JETSTREAM_BUDGET_GIB and start again.`,
    },
  };
}

function whoWaits(stream: string): string {
  if (stream === 'KV_keys') return 'ingest and the desk wait at the first event that needs a new key';
  const isDesk = [streams.tickets, streams.conversations, 'KV_customers'].includes(stream);
  return isDesk ? 'the desk waits at the first event that belongs there' : 'it refuses what is to be written to it';
}

/** Messages of TICKETS that ingest cannot read; `msgID` lets the broker drop repeats within the same minute. */
export function unreadableTicketsAlert(
  positions: number[],
  now: number,
): { subject: string; msgID: string; body: Alert } {
  const first = positions.slice(0, 10).join(', ');
  return {
    subject: subjects.alert('critical', 'ingest'),
    msgID: `unreadable-tickets-${Math.floor(now / 60_000)}`,
    body: {
      at: new Date(now).toISOString(),
      title: 'Messages of TICKETS cannot be read',
      detail: `Position ${first}${positions.length > 10 ? ` and ${positions.length - 10} more` : ''}. Their places are kept in ticket_changes as "unreadable" and the figures of their tickets lack them. Look at the message, and at who wrote it:\nnats stream get TICKETS <position>`,
    },
  };
}

/** Rows were withdrawn whose messages a stream has lost; `msgID`: one alert for one loss. */
export function withdrawnAlert(
  lost: { stream: string; epoch: number; fromSeq: number; toSeq: number; messages: number },
  now: number,
): { subject: string; msgID: string; body: Alert } {
  const { stream, epoch, fromSeq, toSeq, messages } = lost;
  return {
    subject: subjects.alert('warning', 'ingest'),
    msgID: `withdrawn-${stream}-${epoch}-${fromSeq}`,
    body: {
      at: new Date(now).toISOString(),
      title: `${stream} has lost its end: what it said is withdrawn and made again`,
      detail: `${stream} no longer has positions ${fromSeq} to ${toSeq} as they were stored: it was restored from an older state, or a power cut took its end. Their ${messages} messages are withdrawn from the figures, which lack them until the desk has applied the same events again; the watermark says how far it is. Nothing is to be done. See docs/operations.md, "TICKETS has lost changes".`,
    },
  };
}

/** The desk does again what these stored changes say; `msgID`: one alert for one loss. */
export function lostTicketsAlert(
  { epoch, fromSeq, toSeq }: { epoch: number; fromSeq: number; toSeq: number },
  now: number,
): { subject: string; msgID: string; body: Alert } {
  return {
    subject: subjects.alert('critical', 'ingest'),
    msgID: `lost-tickets-${epoch}-${fromSeq}`,
    body: {
      at: new Date(now).toISOString(),
      title: 'TICKETS has lost changes that are counted',
      detail: `Positions ${fromSeq} to ${toSeq} of epoch ${epoch} are in ticket_changes, and the stream has nothing in common with them: it was made again. The desk knows no ticket any more and applies once more what EVENTS still has, so figures of the time before may count it twice, and say that they are incomplete. See docs/operations.md, "TICKETS has lost changes".`,
    },
  };
}

/** The nightly self-check could not be made, or left something out. `why`: a sentence, nothing personal. */
export function selfCheckUndoneAlert(title: string, why: string, now: number): { subject: string; body: Alert } {
  return {
    subject: subjects.alert('warning', 'self-check'),
    body: {
      at: new Date(now).toISOString(),
      title,
      detail: `${why} Whether everything agrees is not known: run npm run self-check.`,
    },
  };
}

/** The self-check found differences; `lines` name each of them and nothing personal. */
export function selfCheckAlert(lines: string[], now: number): { subject: string; body: Alert } {
  return {
    subject: subjects.alert('critical', 'self-check'),
    body: {
      at: new Date(now).toISOString(),
      title: 'The self-check found differences',
      detail: `${lines.join('\n')}\nSee whether they are still there:\nnpm run self-check`,
    },
  };
}
