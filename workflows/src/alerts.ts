import { alert, type Alert } from '@deskwire/contracts/alert';
import type { Position } from '@deskwire/contracts/position';
import { subjects, type AlertSeverity } from '@deskwire/contracts/subjects';
import type { JetStreamClient } from 'nats';
import type { CannotApply } from './cannot-apply.ts';

const hourMs = 3_600_000;
const hourNow = () => Math.floor(Date.now() / hourMs);

/** An event cannot be applied; repeats within the hour are the broker's to drop where its window reaches. */
export function announceHeld(js: JetStreamClient, lane: string, error: CannotApply): Promise<unknown> {
  return announce(js, `desk-held-${lane}-${hourNow()}`, {
    title: 'An event cannot be applied and holds back its ticket',
    detail: `${lane}: ${error.message}. All other tickets go on; figures wait at the position before it. It is tried again every 30 s.`,
  });
}

/** Says of each source once an hour that it gave one id to two events: of such a source most events may be like that. */
export function createReusedIdAlerts(js: JetStreamClient): (source: string, position: Position) => void {
  const told = new Map<string, number>();
  return (source, { seq }) => {
    if (told.get(source) === hourNow()) return;
    told.set(source, hourNow());
    const body = {
      title: `${source} gives several events the same id`,
      detail: `The event at position ${seq} of EVENTS has the id of another event of ${source}, and other content. The ledger counts it as a duplicate, and the desk does not apply it: what it says is in no ticket and in no figure. Make the integration give each event an id of its own, across all tickets and customers, and send what is missing again under new ids. See the event:\nnats stream get EVENTS ${seq}`,
    };
    const msgID = `desk-reused-id-${source}-${hourNow()}`;
    announce(js, msgID, body, 'warning').catch(() => told.delete(source)); // The next one of this source says it.
  };
}

/** EVENTS no longer holds what was applied, but other events in its place. */
export function announceLostEnd(js: JetStreamClient, nextSeq: number): Promise<unknown> {
  return announce(js, `desk-lost-end-${nextSeq}`, {
    title: 'EVENTS has lost messages that were applied already',
    detail: `The desk reads again from position ${nextSeq}. Tickets may show what the lost events said: send the last hour of events again from their sources.`,
  });
}

async function announce(
  js: JetStreamClient,
  msgID: string,
  body: Omit<Alert, 'at'>,
  severity: AlertSeverity = 'critical',
): Promise<unknown> {
  const text = JSON.stringify(alert.parse({ at: new Date().toISOString(), ...body }));
  return js.publish(subjects.alert(severity, 'desk'), text, { msgID });
}
