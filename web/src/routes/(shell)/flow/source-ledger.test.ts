import type { FlowSource, FlowStream } from '@deskwire/contracts/flow';
import { expect, it } from 'vitest';
import { sourceLedger } from './source-ledger';

const at = '2026-11-22T12:00:00.000Z';
const source = (changes: Partial<FlowSource> = {}): FlowSource => ({
  ...{ source: 'zendesk/acme', state: 'live', received: 1_204, accepted: 1_200, duplicate: 3, rejected: 1 },
  ...{ ratePerS: 0, lastEventAt: at, lastReceivedAt: at, watermark: at, heartbeat: null },
  ...changes,
});
const stream = (changes: Partial<FlowStream> = {}): FlowStream => ({
  ...{ stream: 'EVENTS', epoch: 7, committedSeq: 9, headSeq: 9, lagMessages: 0, watermark: at },
  ...{ messages: 9, rows: 9, missing: 0, balanced: true, ...changes },
});

it('adds up where the counts do and the stream is proved', () => {
  expect(sourceLedger(source(), { streams: [stream()] }, true)).toMatchObject({ adds: true, word: 'adds up' });
});

it('does not where counts differ, and proves nothing while positions are missing', () => {
  expect(sourceLedger(source({ duplicate: 2 }), { streams: [stream()] }, true)).toMatchObject({
    ...{ adds: false, why: '1,204 received, 1,203 accepted, duplicate or rejected' },
  });
  expect(sourceLedger(source(), { streams: [stream({ missing: 12, balanced: false })] }, true)).toMatchObject({
    ...{
      adds: false,
      word: 'not proven',
      why: '12 of the messages that arrived (EVENTS) are not stored; whose they are is not known',
    },
  });
  const missing = { events: 3, from: at, to: at };
  expect(sourceLedger(source({ missing }), { streams: [stream()] }, true)).toMatchObject({
    adds: false,
    word: '3 missing',
  });
  expect(sourceLedger(source(), { streams: [stream({ balanced: false })] }, true).adds).toBe(false);
  expect(sourceLedger(source(), { streams: [] }, true).adds).toBe(false);
});

it('speaks of the past where nobody listens any more', () => {
  expect(sourceLedger(source(), { streams: [stream()] }, false)).toMatchObject({ adds: true, word: 'added up' });
  expect(sourceLedger(source({ duplicate: 2 }), { streams: [stream()] }, false).word).toBe('did not add up');
});
