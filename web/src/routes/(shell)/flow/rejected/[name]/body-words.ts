import type { RejectedBody } from '@deskwire/contracts/rejected';

export type ShownBody = RejectedBody | { state: 'hidden' | 'away' };

/** Why there is nothing to read; '' when there is. */
export function goneWords(body: ShownBody): string {
  switch (body.state) {
    case 'shown':
      return body.readable ? '' : 'The bytes are not UTF-8: this is as much of them as can be read.';
    case 'hidden':
      return 'What was sent is shown to administrators only, since it may be personal.';
    case 'away':
      return 'What was sent cannot be read at the moment: open this page again in a few seconds.';
    case 'gone':
      return goneReasons[body.why];
    default:
      return body satisfies never;
  }
}

const goneReasons = {
  expired: 'What was sent is gone: rejected events are kept for 30 days.',
  absent: 'What was sent is not kept any more: it was removed, or the quarantine was full.',
  erased: 'What was sent was erased on request: its key was destroyed, and nobody can read it again.',
  'no-key': 'This server cannot open what was sent: it has no MASTER_KEY, or the key of that day is lost.',
} as const;
