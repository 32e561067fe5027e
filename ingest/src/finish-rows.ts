import { dispositionCode, eventsRowLayout } from '@deskwire/clickhouse/events-row';
import { RowBinaryWriter } from '@deskwire/clickhouse/row-binary';
import type { KeyName } from '@deskwire/vault/key-name';
import type { SealedText } from '@deskwire/vault/vault';
import { verdictReasons, type Verdicts } from './dedupe.ts';
import { looseFields, noKey, rowStart, type Draft } from './draft.ts';

export interface FinishOptions {
  verdicts: Verdicts;
  seal: (name: KeyName, plain: Uint8Array) => SealedText;
  /** What to add to a row's data, as JSON of one more member; undefined for nearly all. */
  extraOf: (row: number) => string | undefined;
}

/** A duplicate's content is kept only where it differs from what was accepted. */
export const isKept = (verdicts: Verdicts, row: number) => reasonOf(verdicts, row) !== 'same-content';

const reasonOf = (verdicts: Verdicts, row: number) => verdictReasons[verdicts?.[row] ?? 0] ?? '';

/**
 * A draft's rows as they are stored: duplicates marked, personal parts sealed. Rows that need nothing of that are taken over as they
 * are, all of them at once where they lie side by side. Keys have to be ready.
 */
export function finishRows(draft: Draft, { verdicts, seal, extraOf }: FinishOptions): Buffer {
  const bytes = Buffer.from(draft.bytes.buffer, draft.bytes.byteOffset, draft.bytes.byteLength);
  const changes = changesOf(draft, verdicts);
  if (changes.length === 0) return bytes;
  const writer = new RowBinaryWriter(Math.ceil(bytes.length * 1.34) + changes.length * sealOverhead);
  let done = 0;
  for (const change of changes) {
    writer.bytesOf(bytes, done, change.start);
    if (change.reason === '') writer.bytesOf(bytes, change.start, change.loose?.openAt ?? change.start);
    else writeDuplicateHead(writer, bytes, change);
    if (change.reason === 'same-content') writer.string('');
    else if (change.loose !== undefined) writeLoose(writer, bytes, change, change.loose, seal, extraOf(change.row));
    else writer.bytesOf(bytes, dataStart(bytes, change), change.end);
    done = change.end;
  }
  writer.bytesOf(bytes, done, bytes.length);
  return writer.bytes();
}

/** Bytes that sealing adds to a row, at most, beside a third of the text. */
const sealOverhead = 96;

/** A row that is not stored as it was drafted; offsets in the draft's bytes. */
interface Change {
  row: number;
  start: number;
  end: number;
  reason: (typeof verdictReasons)[number];
  loose: { openAt: number; personalAt: number; keyName: KeyName | undefined } | undefined;
}

function changesOf(draft: Draft, verdicts: Verdicts): Change[] {
  const { count, ends, loose, keyNames } = draft;
  const changes: Change[] = [];
  if (loose.length === 0 && verdicts === undefined) return changes;
  for (let row = 0, at = 0; row < count; row++) {
    const isLoose = loose[at] === row;
    const reason = reasonOf(verdicts, row);
    if (isLoose || reason !== '') {
      const start = rowStart(draft, row);
      const end = ends[row] ?? start;
      const [openAt = end, personalAt = end, key = noKey] = [loose[at + 1], loose[at + 2], loose[at + 3]];
      changes.push({
        ...{ row, start, end, reason },
        loose: isLoose ? { openAt, personalAt, keyName: keyNames[key] } : undefined,
      });
    }
    if (isLoose) at += looseFields;
  }
  return changes;
}

/** The row up to its data, as that of a duplicate. */
function writeDuplicateHead(writer: RowBinaryWriter, bytes: Buffer, { start, reason }: Change): void {
  const { dispositionAt } = eventsRowLayout;
  writer.bytesOf(bytes, start, start + dispositionAt);
  writer.uint8(dispositionCode.duplicate);
  writer.bytesOf(bytes, start + dispositionAt + 1, reasonStart(bytes, start));
  writer.string(reason);
}

/** The open part as JSON, with the personal part sealed in "sealed", or named as "dropped" when its key was destroyed. */
function writeLoose(
  writer: RowBinaryWriter,
  bytes: Buffer,
  { end }: Change,
  { openAt, personalAt, keyName }: NonNullable<Change['loose']>,
  seal: FinishOptions['seal'],
  extra: string | undefined,
): void {
  let added = extra ?? '';
  if (keyName !== undefined) {
    const result = seal(keyName, bytes.subarray(personalAt, end));
    const sealed = 'sealed' in result ? `"sealed":"${result.sealed}"` : `"dropped":"${result.dropped}"`;
    added = added === '' ? sealed : `${sealed},${added}`;
  }
  // `{` or `{...`: the last brace comes behind what is added.
  const openEnd = personalAt - 1;
  const tail = added === '' ? '}' : openEnd - openAt > 1 ? `,${added}}` : `${added}}`;
  writer.stringLength(openEnd - openAt + Buffer.byteLength(tail));
  writer.bytesOf(bytes, openAt, openEnd);
  writer.text(tail);
}

const reasonStart = (bytes: Buffer, start: number) =>
  afterStrings(bytes, start + eventsRowLayout.stringsAt, eventsRowLayout.stringsBeforeReason);

/** Of a row that is not loose; the draft's reason is empty. */
const dataStart = (bytes: Buffer, { start }: Change) => afterStrings(bytes, reasonStart(bytes, start), 1);

/** What a drafted row is recognised by: its first two strings. */
export function readIdentity(draft: Draft, row: number): { source: string; id: string } {
  const at = rowStart(draft, row) + eventsRowLayout.stringsAt;
  const source = readString(draft.bytes, at);
  const id = readString(draft.bytes, source.end);
  return { source: source.text, id: id.text };
}

function afterStrings(bytes: Uint8Array, start: number, strings: number): number {
  let at = start;
  for (let i = 0; i < strings; i++) {
    const { value, end } = readLength(bytes, at);
    at = end + value;
  }
  return at;
}

function readString(bytes: Uint8Array, start: number): { text: string; end: number } {
  const { value, end } = readLength(bytes, start);
  return { text: Buffer.from(bytes.buffer, bytes.byteOffset + end, value).toString('utf8'), end: end + value };
}

/** LEB128. */
function readLength(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value |= (byte & 127) << shift;
    if (byte < 128) return { value, end: at };
  }
}
