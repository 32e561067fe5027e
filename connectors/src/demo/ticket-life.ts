import type { DeskEvent } from '@deskwire/contracts/event';
import type { TicketPriority, TicketSnapshot, TicketStatus } from '@deskwire/contracts/event-ticket';
import { customersOfSource, demoCustomer, type DemoCustomer } from './customers.ts';
import { isoTime } from './demo-message.ts';
import { hourMs, isStaffed, type LocalHour } from './rhythm.ts';
import { seededRandom, type SeededRandom } from './seeded-random.ts';
import { demoTeams, otherTeam, type DemoTeam } from './staff.ts';
import { words } from './words.ts';

export interface TicketOrigin {
  run: string;
  /** `demo-zendesk` and so on. */
  source: string;
  /** Unique within the source. */
  id: string;
  createdMs: number;
  /** Many write about the same: whose matter it is. */
  outageOf: DemoTeam | undefined;
}

/** No ticket says anything more after this long. */
export const lifeMsMax = 7 * 24 * hourMs;

const minuteMs = 60_000;
/** Until somebody answers, by priority; longer while nobody is at work. */
const replyMs = { urgent: 10, high: 30, normal: 70, low: 160 } as const satisfies Record<TicketPriority, number>;

/** All that one ticket's source ever says about it, in the order in which it happened. Pure. */
export function ticketLife(origin: TicketOrigin, local: (ms: number) => LocalHour): DeskEvent[] {
  const random = seededRandom(origin.run, origin.source, origin.id);
  const customer = demoCustomer(origin.run, origin.source, random.below(customersOfSource));
  const story = createStory(origin, customer, random);
  const ownTeam = origin.outageOf ?? random.weighted(demoTeams.map((team) => [team, team.share] as const));
  const priority = random.weighted(origin.outageOf === undefined ? usualPriorities : outagePriorities);
  const subject = origin.outageOf?.outage ?? `${random.pick(ownTeam.subjects)} (${random.pick(words.product)})`;
  const pauseMs = () => {
    const slow = isStaffed(local(story.now())) ? 1 : 2.5;
    return Math.min(16 * hourMs, random.around(replyMs[priority] * slow, 0.8) * minuteMs);
  };
  const customerPauseMs = () => Math.min(20 * hourMs, random.around(90, 1) * minuteMs);

  if (random.chance(0.35)) story.profile();
  // Half of what comes in has been sent to the right team by a form; the rest is sorted by people.
  const isSorted = random.chance(0.5);
  const wrongTeam = random.chance(0.08) ? random.pick(otherTeam(ownTeam.name)).name : ownTeam.name;
  story.change({ status: 'new', subject, ...(isSorted ? { team: wrongTeam } : {}) });
  story.message('customer', true, `${random.pick(words.opening)} ${random.pick(words.opening)}`);
  if (random.chance(0.012)) {
    story.wait(random.around(20, 0.7) * minuteMs);
    story.remove();
    return story.events();
  }

  const agent = random.pick(ownTeam.agents);
  story.wait(Math.min(hourMs, random.around(6, 0.8) * minuteMs));
  story.change({ status: 'open', priority, team: ownTeam.name });
  story.wait(pauseMs());
  story.change({ assignee: agent });
  if (random.chance(0.3)) story.message(agent, false, random.pick(words.note));
  for (let round = random.count(0.8); round > 0; round--) {
    story.wait(random.around(8, 0.6) * minuteMs);
    story.message(agent, true, random.pick(words.reply));
    story.change({ status: random.chance(0.8) ? 'pending' : 'hold' });
    story.wait(customerPauseMs() / round);
    story.message('customer', true, random.pick(words.followUp));
    story.change({ status: 'open', ...(random.chance(0.06) ? { priority: 'urgent' } : {}) });
    story.wait(pauseMs() / round);
  }
  solve();
  if (random.chance(0.07)) {
    story.wait(customerPauseMs());
    story.message('customer', true, random.pick(words.followUp));
    story.change({ status: 'open' });
    story.wait(pauseMs());
    solve();
  }
  if (random.chance(0.3)) {
    story.wait(random.around(40, 1) * minuteMs);
    story.rate(random.weighted(scores));
  }
  story.wait(2 * 24 * hourMs);
  story.change({ status: 'closed' });
  return story.events();

  function solve(): void {
    story.wait(random.around(6, 0.6) * minuteMs);
    story.message(agent, true, random.pick(words.solution));
    story.change({ status: 'solved' });
  }
}

const usualPriorities = [
  ['low', 22],
  ['normal', 50],
  ['high', 21],
  ['urgent', 7],
] as const;
const outagePriorities = [
  ['high', 60],
  ['urgent', 40],
] as const;
const scores = [
  [5, 58],
  [4, 26],
  [3, 8],
  [2, 4],
  [1, 4],
] as const;

/** Writes down what happens, with a time that only goes on: state and history can never contradict each other. */
function createStory({ source, id, createdMs }: TicketOrigin, customer: DemoCustomer, random: SeededRandom) {
  const events: DeskEvent[] = [];
  let nowMs = Math.round(createdMs);
  let version = 0;
  let messages = 0;
  let ticket: Partial<TicketSnapshot> & { status: TicketStatus } = {
    status: 'new',
    channel: random.weighted([
      ['email', 50],
      ['chat', 22],
      ['web', 18],
      ['phone', 10],
    ] as const),
    tags: ['simulated'],
  };
  const envelope = () => {
    const n = String(events.length).padStart(2, '0');
    nowMs += 1_000;
    return { ...{ specversion: '1.0' as const, id: `${id}-${n}`, source: `${source}/demo` }, time: isoTime(nowMs) };
  };

  return {
    now: () => nowMs,
    events: () => events,
    wait: (ms: number) => void (nowMs += Math.max(0, Math.round(ms))),
    change: (changed: Partial<TicketSnapshot>) => {
      ticket = { ...ticket, ...changed };
      version += 1;
      const around = { ...envelope(), type: 'ticket.snapshot' as const, subject: id };
      const { name, email, phone } = customer;
      const whose = { customer_id: customer.id, requester: { name, email, phone } };
      const when = { created_at: isoTime(createdMs), updated_at: around.time, source_version: version };
      events.push({ ...around, data: { ticket_id: id, ...when, ...ticket, ...whose } });
    },
    message: (author: string, isPublic: boolean, body: string) => {
      messages += 1;
      const around = { ...envelope(), type: 'ticket.message' as const, subject: id };
      const who =
        author === 'customer'
          ? { author: 'customer' as const, author_id: customer.id }
          : { author: 'agent' as const, author_id: author };
      const data = { ticket_id: id, message_id: `${id}-m${messages}`, ...who, public: isPublic, body };
      events.push({ ...around, data: { ...data, created_at: around.time } });
    },
    rate: (score: number) => {
      const around = { ...envelope(), type: 'ticket.rating' as const, subject: id };
      const comment = random.pick(score > 3 ? words.praise : words.complaint);
      const said = random.chance(0.4) ? { comment } : {};
      events.push({ ...around, data: { ticket_id: id, score, ...said, rated_at: around.time } });
    },
    remove: () => {
      events.push({ ...envelope(), type: 'ticket.deleted' as const, subject: id, data: { ticket_id: id } });
    },
    profile: () => {
      const around = { ...envelope(), type: 'customer.snapshot' as const, subject: customer.id };
      const { id: customer_id, lifetimeValue: lifetime_value, ...known } = customer;
      events.push({ ...around, data: { customer_id, ...known, lifetime_value, updated_at: around.time } });
    },
  };
}
