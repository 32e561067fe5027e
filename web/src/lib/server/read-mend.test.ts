import { readMessage } from '@deskwire/contracts/read-event';
import { expect, it } from 'vitest';
import { readMend } from './read-mend';

const now = Date.parse('2026-11-22T10:00:00Z');
const good = {
  ...{ specversion: '1.0', id: 'e1', source: 'zendesk/acme', type: 'ticket.snapshot', time: '2026-11-22T09:00:00Z' },
  data: { ticket_id: 'T1', created_at: '2026-11-22T09:00:00Z', updated_at: '2026-11-22T09:00:00Z', status: 'open' },
};
const one = { source: 'zendesk/acme', reason: 'unknown-status' };
const whole = { source: 'zendesk', reason: 'not-json' };
const read = (of: typeof one, value: unknown) =>
  readMend(of, typeof value === 'string' ? value : JSON.stringify(value, null, 2), now);

it('takes what ingest would take, byte by byte', () => {
  const mend = read(one, good);
  expect(mend.ok).toBe(true);
  if (mend.ok) expect(readMessage('zendesk', mend.bytes, now)).toMatchObject([{ kept: true }]);
});

it.each([
  [{ ...good, data: { ...good.data, status: 'unheard of' } }, 'data.status'],
  [{ ...good, time: 'yesterday' }, 'time'],
  [{ ...good, source: 'hubspot/acme' }, 'source'],
  [{ ...good, time: '2100-01-01T00:00:00Z' }, 'time'],
  [{ ...good, data: { ...good.data, ticket_id: undefined } }, 'data.ticket_id'],
  ['{"specversion": "1.0",\n  oops}', 'line 2, column 3'],
  ['', 'line 1, column 1'],
  [[good], 'This is a list'],
  [{ ...good, type: 'source.heartbeat', data: { cursor: '', sent_count: 1, interval_s: 60 } }, 'type: a heartbeat'],
  [{ ...good, type: 'rejection.dismissed', data: { reason: 'junk', by: 'me' } }, 'type'],
])('names the first thing wrong: %#', (value, named) => {
  expect(read(one, value)).toMatchObject({ ok: false, detail: expect.stringContaining(named) });
});

it('takes a list where a whole message was rejected, and says which of it is wrong', () => {
  expect(read(whole, [good, { ...good, id: 'e2' }]).ok).toBe(true);
  expect(read(whole, [good, { ...good, id: '' }])).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/^Event 2.*id/),
  });
});
