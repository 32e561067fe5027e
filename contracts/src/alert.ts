import { z } from 'zod';
import { subjects } from './subjects.ts';

/** One message of ALERTS: something a person should know. `detail` says what to do; nothing personal. */
export const alert = z.object({ at: z.iso.datetime(), title: z.string(), detail: z.string() });
export type Alert = z.infer<typeof alert>;

/**
 * Somebody was refused because their token names a role that does not exist. `msgID` lets the broker drop repeats within
 * the same minute. `now`: Unix time, ms.
 */
export function unknownRoleAlert(tokenId: string, now: number): { subject: string; msgID: string; body: Alert } {
  return {
    subject: subjects.alert('warning', 'access'),
    msgID: `unknown-role-${tokenId}-${Math.floor(now / 60_000)}`,
    body: {
      at: new Date(now).toISOString(),
      title: 'Sign-in refused: unknown role',
      detail: `Access token ${tokenId} names a role that does not exist. Revoke it: npm run token -- revoke ${tokenId}`,
    },
  };
}

/** A stream is nearly full. `share`: 0..1. */
export function streamFillAlert(stream: string, share: number, now: number): { subject: string; body: Alert } {
  return {
    subject: subjects.alert('warning', 'broker'),
    body: {
      at: new Date(now).toISOString(),
      title: `Stream ${stream} is ${Math.round(share * 100)} % full`,
      detail: `When it is full it refuses publishers until messages expire. Look whether ingest keeps up (/readyz, the data-flow page) and give the disk more room.`,
    },
  };
}
