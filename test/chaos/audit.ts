import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowReport } from '@deskwire/contracts/flow';
import { untilApplied } from '../src/desk-history.ts';
import type { World } from '../src/world.ts';
import { identityOf } from './chaos-event.ts';
import type { createConversationFacts } from './conversation-facts.ts';
import { readDeskFacts } from './desk-facts.ts';
import { readAccepted, readPlaces } from './ledger-facts.ts';
import type { OwnList } from './own-list.ts';
import { readProfileFaults } from './profile-facts.ts';

/** One comparison of the ledger with the publisher's list, and of the desk's change feed with the ledger. */
export interface Audit {
  acknowledged: number;
  lost: number;
  countedTwice: number;
  messages: number;
  rows: number;
  duplicates: number;
  rejected: number;
  /** Versions of tickets in the change feed, and those of them whose event had caused one before. */
  changes: number;
  appliedTwice: number;
  /** Messages that stand in a conversation again; readers drop them. */
  saidAgain: number;
  /** Sentences; none when everything adds up. */
  violations: string[];
}

const storedWithinMs = 180_000;
const quietMs = 2_000;

/** Waits until everything published is stored and compares. Nothing may be published meanwhile. Rejects when ClickHouse or NATS does not answer. */
export async function audit(
  world: World,
  list: OwnList,
  readConversations: ReturnType<typeof createConversationFacts>,
): Promise<Audit> {
  const flow = await untilStored(world);
  await untilApplied(world, storedWithinMs);
  await untilStored(world);
  const times = await readAccepted(world.client, list.size());
  const violations: string[] = [];
  const some = (found: number[], what: string) => {
    const named = found.slice(0, 5).map((n) => `${identityOf(n).source} ${identityOf(n).id}`);
    if (found.length > 0) violations.push(`${found.length} ${what}: ${named.join(', ')}`);
  };
  const numbers = Array.from({ length: times.length }, (_, n) => n);
  const lost = numbers.filter((n) => list.isAcknowledged(n) && times[n] === 0);
  const twice = numbers.filter((n) => (times[n] ?? 0) > 1);
  some(lost, 'acknowledged events are lost');
  some(twice, 'events are counted twice');
  some(
    numbers.filter((n) => times[n] !== 0 && !list.isPublished(n)),
    'accepted events were never published',
  );

  const places = await readPlaces(world.client);
  const { state } = await (await world.nc.jetstreamManager()).streams.info('EVENTS');
  const expect = (what: string, found: number, wanted: number) => {
    if (found !== wanted) violations.push(`${what}: ${found} instead of ${wanted}`);
  };
  expect('epochs', places.epochs, 1);
  expect('messages with a first row', places.positions, state.messages);
  expect('first rows', places.messages, state.messages);
  expect('different rows', places.places, places.rows);
  expect('rows that the messages announce', places.announced, places.rows);
  const quarantined = (await (await world.nc.jetstreamManager()).streams.info('QUARANTINE')).state.messages;
  expect('messages in quarantine', quarantined, flow.totals.rejected);
  expect('recorded gaps', flow.gaps.length, 0);
  expect('missing positions', flow.streams[0]?.missing ?? -1, 0);
  if (!flow.totals.balanced) violations.push(`the flow report is not balanced: ${flow.why ?? flow.state}`);
  const desk = await readDeskFacts(world.client);
  expect('tickets whose versions are not 1 to n', desk.broken, 0);
  expect('events applied twice', desk.applied_twice, 0);
  expect('accepted events of tickets that were not applied', desk.not_applied, 0);
  expect('changes by events that the ledger did not accept', desk.unfounded, 0);
  const conversations = await readConversations(times);
  some(conversations.missing, 'accepted messages are in no conversation');
  some(conversations.unfounded, 'messages in conversations were never accepted');
  violations.push(...(await readProfileFaults(world.nc, times)));
  const sent = list.counts();
  if (flow.totals.rejected < sent.bad)
    violations.push(`${flow.totals.rejected} rejected, but ${sent.bad} bad events were acknowledged`);
  if (places.differing < sent.other)
    violations.push(`${places.differing} conflicting copies, but ${sent.other} were acknowledged`);
  return {
    ...{ acknowledged: list.acknowledged(), lost: lost.length, countedTwice: twice.length },
    ...{
      messages: places.messages,
      rows: places.rows,
      duplicates: flow.totals.duplicate,
      rejected: flow.totals.rejected,
      changes: desk.changes,
      appliedTwice: desk.applied_twice,
      saidAgain: conversations.repeated,
    },
    violations,
  };
}

/** Publishes given up by their publisher may still be on their way: stored means that nothing has arrived for a while either. */
async function untilStored(world: World): Promise<FlowReport> {
  const deadline = performance.now() + storedWithinMs;
  let quiet = { headSeq: -1, since: performance.now() };
  for (;;) {
    const flow = await world.flow();
    const headSeq = flow.streams[0]?.headSeq ?? -1;
    if (headSeq !== quiet.headSeq) quiet = { headSeq, since: performance.now() };
    const waiting = flow.streams.filter((stream) => stream.lagMessages !== 0);
    if (waiting.length === 0 && performance.now() - quiet.since > quietMs) return flow;
    if (performance.now() > deadline)
      throw new Error(
        `${waiting.map(({ stream, lagMessages }) => `${lagMessages ?? 'unknown'} of ${stream}`).join(', ')} still wait ${storedWithinMs / 1_000} s after publishing stopped`,
      );
    await sleep(100);
  }
}
