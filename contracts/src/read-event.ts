import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { segmentOf } from './desk-id.ts';
import { event, eventTypes, type DeskEvent } from './event.ts';
import { guardOf } from './guard.ts';
import { idText, sourceText, utcTime } from './primitives.ts';
import type { RejectReason } from './reasons.ts';

/** An event's payload is at most this long; a stream message may hold several events but is itself at most this long. */
export const messageBytesMax = 1_048_576;
/** More than fit into that length, as long as they are events: what else an array may hold is refused as a whole. */
export const eventsInMessageMax = 10_000;
/** Objects and arrays inside one another, in one event: to write deeper ones again takes more stack than there is. */
export const depthMax = 1_000;
const earliestMs = Date.UTC(1990, 0, 1);
const aheadMsMax = 86_400_000;

const isEvent = guardOf(event);

/** One event of a message: kept with its event time, or refused with a reason of the closed list. `detail` never quotes values. */
export type Reading =
  | { kept: true; event: DeskEvent; timeMs: number }
  | {
      kept: false;
      reason: RejectReason;
      detail: string;
      id: string;
      source: string;
      type: string;
      timeMs: number;
    };

/**
 * Reads one message of `events.<source>.*`: an event, or a JSON array of them. Pure; the only validation of events, for
 * ingest and workflows alike. Always answers at least one reading.
 */
export function readMessage(subjectSource: string, bytes: Uint8Array, receivedAtMs: number): Reading[] {
  const sizeBytes = bytes.byteLength;
  if (sizeBytes > messageBytesMax)
    return unread('too-large', `${sizeBytes} bytes; ${messageBytesMax} are allowed`, subjectSource);
  if (!isUtf8(bytes)) return unread('invalid-utf8', 'the bytes are not UTF-8', subjectSource);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, sizeBytes).toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return unread('not-json', 'the text is not JSON', subjectSource); // The parser's message quotes the text, which may be personal.
  }
  // JSON may write any letter of the key as an escape.
  const doubts = { proto: text.includes('__proto__') || text.includes('\\u'), deep: text.length > 2 * depthMax };
  if (!Array.isArray(json)) return [readEvent(json, subjectSource, receivedAtMs, doubts)];
  if (json.length > eventsInMessageMax)
    return unread('too-large', `${json.length} events; ${eventsInMessageMax} are allowed`, subjectSource);
  if (json.length === 0) return unread('empty-batch', 'the array is empty', subjectSource);
  return json.map((element) => readEvent(element, subjectSource, receivedAtMs, doubts));
}

function unread(reason: RejectReason, detail: string, subjectSource: string): Reading[] {
  return [refuse(reason, detail, subjectSource, undefined)];
}

/** What the text alone cannot rule out. */
interface Doubts {
  proto: boolean;
  deep: boolean;
}

function readEvent(json: unknown, subjectSource: string, receivedAtMs: number, doubts: Doubts): Reading {
  if (doubts.deep && isDeeper(json, depthMax))
    return refuse('too-deep', `it is nested more than ${depthMax} deep`, subjectSource, json);
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return refuse('not-an-object', 'the event is not an object', subjectSource, json);
  if (doubts.proto && holdsProto(json))
    return refuse('forbidden-key', 'the key "__proto__" is not allowed', subjectSource, json);
  if (!isEvent(json)) return explain(json, subjectSource);
  if (segmentOf(json.source) !== subjectSource)
    return refuse('source-mismatch', 'the source is not the one of the subject', subjectSource, json);
  const timeMs = Date.parse(json.time);
  const wrong = timeOutOfRange(json, receivedAtMs);
  if (wrong !== undefined)
    return refuse('time-out-of-range', `${wrong} is before 1990 or more than a day ahead`, subjectSource, json);
  return { kept: true, event: json, timeMs };
}

/** UTC times of one form sort as texts, which spares most events three parses. */
function isOutOfRange(time: string, receivedAtMs: number): boolean {
  const last = latestAt(Math.floor(receivedAtMs / 1_000));
  if (time.length === 24 && time.endsWith('Z')) return time < earliest || time > last.text;
  const ms = Date.parse(time);
  return !(ms >= earliestMs && ms <= last.ms);
}

const earliest = new Date(earliestMs).toISOString();
let latest = { second: NaN, ms: NaN, text: '' };

/** The latest time that an event received in this second may carry; remembered, since many are received in one second. */
function latestAt(second: number): { ms: number; text: string } {
  if (second !== latest.second) {
    const ms = second * 1_000 + aheadMsMax;
    latest = { second, ms, text: new Date(ms).toISOString() };
  }
  return latest;
}

/** The first time field that no desk can mean. A time of 2100 would win over every later snapshot for ever. */
function timeOutOfRange(of: DeskEvent, receivedAtMs: number): string | undefined {
  if (isOutOfRange(of.time, receivedAtMs)) return 'time';
  switch (of.type) {
    case 'ticket.snapshot':
      return isOutOfRange(of.data.updated_at, receivedAtMs)
        ? 'data.updated_at'
        : isOutOfRange(of.data.created_at, receivedAtMs)
          ? 'data.created_at'
          : undefined;
    case 'ticket.message':
      return isOutOfRange(of.data.created_at, receivedAtMs) ? 'data.created_at' : undefined;
    case 'ticket.rating':
      return isOutOfRange(of.data.rated_at, receivedAtMs) ? 'data.rated_at' : undefined;
    case 'customer.snapshot':
      return isOutOfRange(of.data.updated_at, receivedAtMs) ? 'data.updated_at' : undefined;
    case 'interaction.logged':
      return isOutOfRange(of.data.occurred_at, receivedAtMs) ? 'data.occurred_at' : undefined;
    case 'ticket.deleted':
    case 'customer.erased':
    case 'source.heartbeat':
    case 'rejection.dismissed':
      return undefined;
    default:
      return of satisfies never;
  }
}

const envelope = z.object({
  specversion: z.literal('1.0'),
  id: idText,
  source: sourceText,
  type: z.enum(eventTypes),
  time: utcTime,
});
const envelopeReasons = [
  ['specversion', 'wrong-specversion'],
  ['id', 'invalid-id'],
  ['source', 'invalid-source'],
  ['type', 'unknown-type'],
  ['time', 'invalid-time'],
] as const satisfies [string, RejectReason][];

/** Names the first thing wrong, envelope first. Runs only for refused events. */
function explain(json: object, subjectSource: string): Reading {
  const inEnvelope = envelope.safeParse(json);
  for (const [field, reason] of envelopeReasons) {
    const issue = inEnvelope.error?.issues.find(({ path }) => path[0] === field);
    if (issue !== undefined) return refuse(reason, `${field}: ${expectation(issue)}`, subjectSource, json);
  }
  const issue = event.safeParse(json).error?.issues[0];
  const path = issue?.path.map(String).join('.') ?? 'data';
  const reason =
    path === 'data.status' ? 'unknown-status' : path === 'data.priority' ? 'unknown-priority' : 'invalid-data';
  return refuse(reason, `${path}: ${issue === undefined ? 'invalid' : expectation(issue)}`, subjectSource, json);
}

/** What was expected; zod's own message for these codes quotes no input. */
function expectation(issue: z.core.$ZodIssue): string {
  return issue.code === 'unrecognized_keys' ? 'unknown keys' : issue.message;
}

const identity = z.object({
  id: idText.catch(''),
  source: sourceText.catch(''),
  type: z.enum(eventTypes).or(z.literal('')).catch(''),
  time: utcTime.catch(''),
});

/** Keeps of a refused event only what is of the expected form and of the sender's own source. */
function refuse(reason: RejectReason, detail: string, subjectSource: string, raw: unknown): Reading {
  const known = identity.safeParse(raw).data ?? { id: '', source: '', type: '', time: '' };
  const source = segmentOf(known.source) === subjectSource ? known.source : subjectSource;
  const timeMs = Date.parse(known.time);
  const clamped = timeMs >= 0 && timeMs < Date.UTC(2200, 0, 1) ? timeMs : 0;
  return { kept: false, reason, detail, id: known.id, source, type: known.type, timeMs: clamped };
}

/** Iterative: a message can nest deeper than the stack. */
function holdsProto(root: object): boolean {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, '__proto__')) return true;
    for (const child of Object.values(value)) open.push(child);
  }
  return false;
}

/** Level by level, for the same reason. */
function isDeeper(root: unknown, max: number): boolean {
  let level = [root].filter(isNested);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === max) return true;
    const next: object[] = [];
    for (const value of level) for (const child of Object.values(value)) if (isNested(child)) next.push(child);
    level = next;
  }
  return false;
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;
