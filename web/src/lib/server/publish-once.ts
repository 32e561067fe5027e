import { isWrongLastSequence } from '@deskwire/contracts/wrong-last-sequence';
import { NatsError } from 'nats';
import type { NatsLink } from './nats-link';

const timeoutMs = 2_000;

/** Publishes where no message may have been before: `before` when one was. Rejects with NatsAway. */
export function publishOnce(
  link: Pick<NatsLink, 'connection' | 'ask'>,
  subject: string,
  bytes: Uint8Array,
): Promise<'now' | 'before'> {
  return link.ask(async () => {
    const js = link.connection().jetstream({ timeout: timeoutMs });
    try {
      const ack = await js.publish(subject, bytes, { msgID: subject, expect: { lastSubjectSequence: 0 } });
      return ack.duplicate ? 'before' : 'now';
    } catch (error) {
      if (error instanceof NatsError && isWrongLastSequence(error.api_error)) return 'before';
      throw error;
    }
  });
}
