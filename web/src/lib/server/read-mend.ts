import { segmentOf } from '@deskwire/contracts/desk-id';
import type { EventType } from '@deskwire/contracts/event';
import { readMessage } from '@deskwire/contracts/read-event';
import { isWholeMessage, rejectReasons } from '@deskwire/contracts/reasons';
import type { RejectedEvent } from '@deskwire/contracts/rejected';

/** What may be sent in place of a rejected event; else the first thing wrong with it, by field, and what to do. */
export type Mend = { ok: true; bytes: Uint8Array } | { ok: false; detail: string; advice: string };

/** Judges a mended event exactly as ingest will. `now`: Unix ms. Pure. */
export function readMend(of: Pick<RejectedEvent, 'source' | 'reason'>, text: string, now: number): Mend {
  const bytes = Buffer.from(text, 'utf8');
  const readings = readMessage(segmentOf(of.source), bytes, now);
  const single = !text.trimStart().startsWith('[');
  if (!single && !isWholeMessage(of.reason))
    return {
      ok: false,
      detail: 'This is a list; one event was rejected.',
      advice: 'Send that event alone, without the brackets around it.',
    };
  for (const [place, reading] of readings.entries()) {
    const where = single || readings.length === 1 ? '' : `Event ${place + 1} of the list: `;
    if (reading.kept) {
      const no = notMended(reading.event.type);
      if (no === undefined) continue;
      return { ok: false, detail: `${where}type: ${no.detail}`, advice: no.advice };
    }
    const detail = reading.reason === 'not-json' ? (jsonMistake(text) ?? reading.detail) : reading.detail;
    return { ok: false, detail: `${where}${detail}`, advice: rejectReasons[reading.reason] };
  }
  return { ok: true, bytes };
}

/** What is good as such, and yet nothing to send in place of another. */
function notMended(type: EventType): { detail: string; advice: string } | undefined {
  if (type === 'rejection.dismissed')
    return { detail: 'this one is not for events of a source', advice: 'Use Dismiss instead.' };
  if (type === 'source.heartbeat')
    return { detail: 'a heartbeat is of its moment, which is over', advice: 'Leave it out, or use Dismiss.' };
  return undefined;
}

/** Where the text stops being JSON. */
function jsonMistake(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const at = Number(/at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? text.length);
    const before = text.slice(0, at).split('\n');
    return `the text is not JSON: look at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  }
}
