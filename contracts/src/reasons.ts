/** Why an event was not accepted: the closed list of the ledger's `reason` column, with what the sender has to do. */
export const rejectReasons = {
  'too-large': 'Send messages of at most 1 MiB and 10,000 events; put large bodies behind a link.',
  'invalid-utf8': 'Encode the message as UTF-8.',
  'not-json': 'Send one JSON object (CloudEvents 1.0) or a JSON array of them.',
  'empty-batch': 'Send at least one event in a batch, or none at all.',
  'not-an-object': 'Each event is a JSON object.',
  'too-deep': 'Nest objects and arrays at most 1,000 deep within one event.',
  'forbidden-key': 'Rename the key "__proto__".',
  'wrong-specversion': 'Set "specversion" to "1.0".',
  'invalid-id': 'Give each event an "id": a text of 1 to 512 characters, unique within its source.',
  'invalid-source': 'Set "source" to the name of your login, optionally with an instance: "zendesk/acme".',
  'source-mismatch': 'Publish on events.<source>.<type> with the first segment of the envelope\'s "source".',
  'unknown-type': 'Use one of the event types of the contract.',
  'invalid-time': 'Set "time" to an RFC 3339 time with a zone, e.g. 2026-11-22T10:00:00Z.',
  'time-out-of-range': 'Set "time" between 1990 and one day from now; 1970 is usually an unset field.',
  'unknown-status': 'Map the status to new, open, pending, hold, solved or closed.',
  'unknown-priority': 'Map the priority to low, normal, high or urgent.',
  'invalid-data': 'Mend the field named in the detail.',
} as const;
export type RejectReason = keyof typeof rejectReasons;

const wholeMessages: readonly string[] = [
  'too-large',
  'invalid-utf8',
  'not-json',
  'empty-batch',
] satisfies RejectReason[];
/** Whether a whole message was refused, which may have been a batch: nobody knows how many events it held, and of which instance. */
export const isWholeMessage = (reason: string) => wholeMessages.includes(reason);

export const duplicateReasons = ['same-content', 'content-differs'] as const;
export type DuplicateReason = (typeof duplicateReasons)[number];

export const dispositions = ['accepted', 'duplicate', 'rejected'] as const;
export type Disposition = (typeof dispositions)[number];
