import type { DeskEvent } from '@deskwire/contracts/event';
import { customersOfSource } from './customers.ts';
import { isoTime, type DemoMessage } from './demo-message.ts';
import { hourMs, shareOfDay, type LocalHour } from './rhythm.ts';
import { seededRandom } from './seeded-random.ts';

/** Visits, purchases and calls of a weekday, all sources together. */
const contactsOfWeekday = 24_000;
const badOfWeekday = 12;

/** What customers do besides writing tickets, within one hour of a source; now and then a message that is refused. Pure. */
export function customerContacts(
  run: string,
  source: string,
  share: number,
  hourIndex: number,
  local: LocalHour,
  sendAt: (ms: number) => number,
): DemoMessage[] {
  const random = seededRandom(run, source, 'contacts', hourIndex);
  const part = shareOfDay(local) * share;
  // Counted in minutes, since a mean of a thousand would be beyond the random count.
  const messages: DemoMessage[] = [];
  for (let minute = 0; minute < 60; minute++) {
    for (let n = random.count((part * contactsOfWeekday) / 60); n > 0; n--) add(minute, false);
  }
  for (let n = random.count(part * badOfWeekday); n > 0; n--) add(random.below(60), true);
  return messages;

  function add(minute: number, isBad: boolean): void {
    const atMs = hourIndex * hourMs + minute * 60_000 + random.below(60_000);
    const id = `${run}-I${(hourIndex * 10_000 + messages.length).toString(36)}`;
    const time = isoTime(atMs);
    const data = {
      customer_id: `${run}-C${random.below(customersOfSource)}`,
      kind: random.pick(['visit', 'visit', 'visit', 'chat', 'call', 'purchase']),
      occurred_at: time,
    };
    const event = { ...envelope(source), id, time, type: 'interaction.logged', data } satisfies DeskEvent;
    const place = { sendAtMs: sendAt(atMs), key: id };
    messages.push(
      isBad ? { ...place, meant: 'bad', event: spoil(event, random.below(3)) } : { ...place, meant: 'good', event },
    );
  }
}

const envelope = (source: string) => ({ specversion: '1.0', source: `${source}/demo` }) as const;

/** Three mistakes that integrations make. None of them is about a ticket, so no figure loses anything by it. */
function spoil(event: DeskEvent & { type: 'interaction.logged' }, mistake: number): DemoMessage['event'] & object {
  switch (mistake) {
    case 0:
      return { ...event, data: { ...event.data, kind: 'Phone call' } };
    case 1:
      return { ...event, data: { ...event.data, occurred_at: 'yesterday' } };
    default:
      return { ...event, time: '1970-01-01T00:00:00.000Z' };
  }
}
