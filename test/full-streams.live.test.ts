import { conversationMessage } from '@deskwire/contracts/conversation';
import { customerProfile, profileKey } from '@deskwire/contracts/customer';
import { partHealth } from '@deskwire/contracts/health';
import { subjects } from '@deskwire/contracts/subjects';
import { ticket } from '@deskwire/contracts/ticket';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { publishInOrder } from './src/desk-events.ts';
import { untilApplied } from './src/desk-history.ts';
import { mark } from './src/marks.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

let world: World;

beforeEach(async () => {
  world = await startWorld();
  await world.addWorker('ingest').start();
  await world.addDesk('desk').start();
});
afterEach(() => world.close());

const time = '2026-11-20T01:00:00Z';
/** A customer, their ticket and what they wrote in it: each needs a key of its own, and each a stream. */
const eventsOf = (id: string) => {
  const envelope = (type: string) => ({ specversion: '1.0', source: 'zendesk/acme', id: `${type}-${id}`, type, time });
  return [
    { ...envelope('customer.snapshot'), data: { customer_id: id, email: mark.mail(1), updated_at: time } },
    {
      ...envelope('ticket.snapshot'),
      data: { ticket_id: id, status: 'open', created_at: time, updated_at: time, subject: mark.text(1) },
    },
    {
      ...envelope('ticket.message'),
      data: {
        ...{ ticket_id: id, message_id: 'm1', author: 'customer', public: true, created_at: time },
        body: mark.text(2),
      },
    },
  ];
};

async function detailOf(part: string): Promise<string> {
  const answer = await world.nc.request(subjects.health(part)).catch(() => undefined);
  return answer === undefined ? 'no answer' : partHealth.parse(answer.json()).detail;
}

/** What lies there of this customer and ticket; undefined where it is nothing. */
async function storedOf(id: string) {
  const jsm = await world.nc.jetstreamManager();
  const last = (stream: string, last_by_subj: string) =>
    jsm.streams.getMessage(stream, { last_by_subj }).catch(() => undefined);
  const profile = await last('KV_customers', subjects.customer(profileKey('zendesk', id)));
  const state = await last('TICKETS', subjects.ticket('zendesk', id));
  const message = await last('CONVERSATIONS', subjects.conversation('zendesk', id));
  return {
    profile: profile && customerProfile.parse(profile.json()).id,
    version: state && ticket.parse(state.json()).version,
    message: message && conversationMessage.parse(message.json()).message_id,
  };
}

const whole = (id: string) => ({ profile: `zendesk~${id}`, version: 2, message: 'm1' });
const refusedBy = (stream: string) =>
  new RegExp(`changes are refused and tried again: ${stream}: maximum bytes exceeded`);

test.each([
  { stream: 'KV_customers', waits: { workflows: refusedBy('KV_customers') } },
  { stream: 'TICKETS', waits: { workflows: refusedBy('TICKETS') } },
  { stream: 'CONVERSATIONS', waits: { workflows: refusedBy('CONVERSATIONS') } },
  { stream: 'KV_keys', waits: { workflows: /the bucket "keys"/, ingest: /the bucket "keys"/ } },
])(
  'while $stream is full what belongs there waits, and goes on where it stopped once it may hold more',
  async ({ stream, waits }) => {
    const js = world.nc.jetstream();
    const jsm = await world.nc.jetstreamManager();
    const before = `${stream}-before`;
    const after = `${stream}-after`;
    await publishInOrder(js, eventsOf(before), 1);
    await untilApplied(world);
    await untilStored(world);
    const { state, config } = await jsm.streams.info(stream);
    await jsm.streams.update(stream, { max_bytes: state.bytes });

    await publishInOrder(js, eventsOf(after), 1);
    for (const [part, says] of Object.entries(waits))
      await expect.poll(() => detailOf(part), { timeout: 20_000 }).toMatch(says);
    expect(await storedOf(after)).not.toEqual(whole(after));
    expect(await storedOf(before)).toEqual(whole(before));

    await jsm.streams.update(stream, { max_bytes: config.max_bytes });
    await untilApplied(world);
    expect(await storedOf(after)).toEqual(whole(after));
    const { totals } = await untilStored(world);
    expect(totals).toMatchObject({ balanced: true, rejected: 0, duplicate: 0 });
  },
);
