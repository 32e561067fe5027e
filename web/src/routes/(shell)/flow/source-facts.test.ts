import type { FlowSource } from '@deskwire/contracts/flow';
import { expect, it } from 'vitest';
import { sourceFacts } from './source-facts';

const at = '2026-11-22T11:58:17.000Z';
const source: FlowSource = {
  ...{ source: 'zendesk/acme', state: 'live', received: 4, accepted: 4, duplicate: 0, rejected: 0 },
  ...{ ratePerS: 2, lastEventAt: at, lastReceivedAt: at, watermark: at },
  heartbeat: { at, cursor: 'a', intervalS: 60, sentCount: 4 },
};
const factsAt = (fresh: boolean, iso: string) => sourceFacts({ source, fresh, zone: 'UTC', now: Date.parse(iso) });

it('says how long ago a source was heard of while that is known', () => {
  expect(factsAt(true, '2026-11-22T11:58:29.000Z')).toMatchObject({
    ...{ rate: '2.0', lag: '12 s', lastEvent: '12 s ago', heartbeat: 'heartbeat 12 s ago, every 60 s' },
  });
});

it('names the time of day instead when nobody listens any more, which does not go on counting', () => {
  const facts = factsAt(false, '2026-11-22T11:58:29.000Z');
  expect(facts).toMatchObject({
    ...{ rate: '–', lag: '–', lastEvent: 'at 11:58:17', heartbeat: 'heartbeat at 11:58:17, every 60 s' },
  });
  expect(factsAt(false, '2026-11-22T12:40:00.000Z')).toEqual(facts);
});
