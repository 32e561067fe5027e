import { demoSources, type DemoSource } from '@deskwire/contracts/demo';
import type { DeskEvent } from '@deskwire/contracts/event';
import { customerContacts } from './customer-contacts.ts';
import { comparePlaces, type DemoMessage, type DemoPlace } from './demo-message.ts';
import { burstOf, createLocalClock, createSilences, hourMs, shareOfDay } from './rhythm.ts';
import { seededRandom } from './seeded-random.ts';
import { lifeMsMax, ticketLife, type TicketOrigin } from './ticket-life.ts';

/** Of all the work, how much each simulated system has. */
const shares = { 'demo-zendesk': 0.5, 'demo-salesforce': 0.3, 'demo-hubspot': 0.2 } as const satisfies Record<
  DemoSource,
  number
>;

export interface SimulationOptions {
  /** Names one installation of the demo: another name, other tickets, customers and ids. */
  run: string;
  /** IANA zone whose day it follows. Throws RangeError for an unknown one. */
  zone: string;
  /** New tickets of a weekday, all sources together. */
  ticketsOfWeekday: number;
}

export interface Simulation {
  /**
   * What a source sends behind `after`, up to `untilMs`, in order: the same however the time is cut. Visits, purchases and
   * calls from before `contactsFromMs` are left out: a history needs none.
   */
  between: (source: DemoSource, after: DemoPlace, untilMs: number, contactsFromMs: number) => DemoMessage[];
  /** Whether the source is in one of its silences. */
  isSilent: (source: DemoSource, ms: number) => boolean;
}

const lateMsMax = 40 * 60_000;
/** A message may be sent as long after its ticket's creation as this. */
const reachMs = lifeMsMax + lateMsMax + hourMs;
/** Made again when they are needed again. */
const hoursKept = (demoSources.length * 2 * reachMs) / hourMs;

/** A support operation that follows from its name and the time alone: whoever asks again, after a crash too, gets the same. */
export function createSimulation({ run, zone, ticketsOfWeekday }: SimulationOptions): Simulation {
  const localHour = createLocalClock(zone);
  const hours = new Map<string, DemoMessage[]>();
  const silences = {
    'demo-zendesk': createSilences(run, 'demo-zendesk'),
    'demo-salesforce': createSilences(run, 'demo-salesforce'),
    'demo-hubspot': createSilences(run, 'demo-hubspot'),
  } satisfies Record<DemoSource, unknown>;

  /** All messages of the tickets that one hour of a source creates. */
  function ticketsOf(source: DemoSource, hourIndex: number): DemoMessage[] {
    const name = `${source} ${hourIndex}`;
    const known = hours.get(name);
    if (known !== undefined) return known;
    const made = originsOf(source, hourIndex).flatMap((origin) =>
      messagesOf(origin, ticketLife(origin, localHour), silences[source].sendAt),
    );
    hours.set(name, made);
    for (const old of hours.keys()) {
      if (hours.size <= hoursKept) break;
      hours.delete(old);
    }
    return made;
  }

  function originsOf(source: DemoSource, hourIndex: number): TicketOrigin[] {
    const random = seededRandom(run, source, 'tickets', hourIndex);
    const local = localHour(hourIndex * hourMs);
    const burst = burstOf(run, source, hourIndex, local);
    const usual = random.count(shareOfDay(local) * ticketsOfWeekday * shares[source]);
    return Array.from({ length: usual + (burst?.tickets ?? 0) }, (_, n) => {
      const id = `${run}-${(hourIndex * 1_000 + n).toString(36).toUpperCase()}`;
      const isBurst = burst !== undefined && n >= usual;
      const createdMs = isBurst
        ? burst.startMs + random.below(burst.lengthMs)
        : hourIndex * hourMs + random.below(hourMs);
      return { run, source, id, createdMs, outageOf: isBurst ? burst.team : undefined };
    });
  }

  const contactsOf = (source: DemoSource, hour: number) =>
    customerContacts(run, source, shares[source], hour, localHour(hour * hourMs), silences[source].sendAt);

  return {
    between: (source, after, untilMs, contactsFromMs) => {
      const due = ({ sendAtMs, key }: DemoPlace) => sendAtMs <= untilMs && comparePlaces({ sendAtMs, key }, after) > 0;
      const messages: DemoMessage[] = [];
      const firstHour = Math.floor((after.sendAtMs - reachMs) / hourMs);
      const lastHour = Math.floor(untilMs / hourMs);
      for (let hour = firstHour; hour <= lastHour; hour++)
        for (const message of ticketsOf(source, hour)) if (due(message)) messages.push(message);
      // One hour earlier, for what a silence held back.
      const contactsHour = Math.floor(Math.max(contactsFromMs, after.sendAtMs - hourMs) / hourMs);
      for (let hour = contactsHour; hour <= lastHour; hour++)
        for (const message of contactsOf(source, hour)) if (due(message)) messages.push(message);
      return messages.sort(comparePlaces);
    },
    isSilent: (source, ms) => silences[source].isSilent(ms),
  };
}

/** A ticket's events as they are sent: now and then one comes late, or twice. */
function messagesOf(
  { run, source, id }: TicketOrigin,
  events: DeskEvent[],
  sendAt: (ms: number) => number,
): DemoMessage[] {
  const random = seededRandom(run, source, 'mishaps', id);
  const lateOne = random.chance(0.002) ? random.below(events.length) : -1;
  const doubled = random.chance(0.05) ? random.below(events.length) : -1;
  return events.flatMap((event, i) => {
    const isLate = i === lateOne;
    const lateMs = isLate ? 300_000 + random.below(lateMsMax - 300_000) : 0;
    const happenedMs = Date.parse(event.time);
    const once: DemoMessage = {
      sendAtMs: sendAt(happenedMs + lateMs),
      ...{ key: event.id, meant: isLate ? 'late' : 'good', event },
    };
    if (i !== doubled) return [once];
    const againMs = once.sendAtMs + 1_000 + random.below(60_000);
    const again: DemoMessage = {
      sendAtMs: sendAt(againMs),
      ...{ key: `${event.id}-again`, meant: 'duplicate', event },
    };
    return [once, again];
  });
}
