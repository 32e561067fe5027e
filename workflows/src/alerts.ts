import { alert, type Alert } from '@deskwire/contracts/alert';
import { subjects } from '@deskwire/contracts/subjects';
import type { JetStreamClient } from 'nats';
import type { CannotApply } from './cannot-apply.ts';

const hourMs = 3_600_000;

/** An event cannot be applied; repeats within the hour are the broker's to drop where its window reaches. */
export function announceHeld(js: JetStreamClient, lane: string, error: CannotApply): Promise<unknown> {
  return announce(js, `desk-held-${lane}-${Math.floor(Date.now() / hourMs)}`, {
    title: 'An event cannot be applied and holds back its ticket',
    detail: `${lane}: ${error.message}. All other tickets go on; figures wait at the position before it. It is tried again every 30 s.`,
  });
}

/** EVENTS no longer holds what was applied, but other events in its place. */
export function announceLostEnd(js: JetStreamClient, nextSeq: number): Promise<unknown> {
  return announce(js, `desk-lost-end-${nextSeq}`, {
    title: 'EVENTS has lost messages that were applied already',
    detail: `The desk reads again from position ${nextSeq}. Tickets may show what the lost events said: send the last hour of events again from their sources.`,
  });
}

async function announce(js: JetStreamClient, msgID: string, body: Omit<Alert, 'at'>): Promise<unknown> {
  const text = JSON.stringify(alert.parse({ at: new Date().toISOString(), ...body }));
  return js.publish(subjects.alert('critical', 'desk'), text, { msgID });
}
