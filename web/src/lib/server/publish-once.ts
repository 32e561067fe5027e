import { isWrongLastSequence } from '@deskwire/contracts/wrong-last-sequence';
import { ErrorCode, NatsError } from 'nats';
import type { NatsLink } from './nats-link';

/** `refused`: the stream took nothing, for want of room (`full`), of a right, or for what it says itself. */
export type Published = { sent: 'now' | 'before' } | { sent: 'no'; refused: PublishRefusal };

/** `detail` says what happened and what to do. */
export interface PublishRefusal {
  full: boolean;
  detail: string;
}

const timeoutMs = 2_000;
/** No room in the stream, and none on the disk. */
const fullCodes = [10077, 10047];

/** Publishes to EVENTS where no message may have been before: `before` when one was. Rejects with NatsAway. */
export function publishOnce(
  link: Pick<NatsLink, 'connection' | 'ask'>,
  subject: string,
  bytes: Uint8Array,
): Promise<Published> {
  return link.ask(async () => {
    const js = link.connection().jetstream({ timeout: timeoutMs });
    try {
      const ack = await js.publish(subject, bytes, { msgID: subject, expect: { lastSubjectSequence: 0 } });
      return { sent: ack.duplicate ? 'before' : 'now' };
    } catch (error) {
      if (!(error instanceof NatsError)) throw error;
      if (isWrongLastSequence(error.api_error)) return { sent: 'before' };
      const refused = refusalOf(error, subject);
      if (refused === undefined) throw error;
      return { sent: 'no', refused };
    }
  });
}

/** Undefined where nobody has answered. */
function refusalOf({ code, api_error: said }: NatsError, subject: string): PublishRefusal | undefined {
  if (code === ErrorCode.PermissionsViolation) {
    const subtree = `${subject.split('.', 2).join('.')}.>`;
    return {
      full: false,
      detail: `The NATS login of the web server may not publish ${subtree}: give it that right, see docs/operations.md.`,
    };
  }
  if (said === undefined) return undefined;
  const full = said.err_code !== undefined && fullCodes.includes(said.err_code);
  return {
    full,
    detail: full
      ? `EVENTS takes no more: ${said.description}. Give the disk more room, or wait until messages expire.`
      : `EVENTS did not take it: ${said.description}. Look at the broker (/readyz), then try again.`,
  };
}
