import { describe, expect, it } from 'vitest';
import { rowMessages, type RowMessagesOptions } from './row-messages.ts';

const minuteMs = 60_000;

async function collect(options: Partial<RowMessagesOptions>, text = 'x') {
  const found = [];
  const rows = {
    event: (row: number) => ({ type: 'ticket.snapshot', time: `t${row}`, row, text }),
    timeMs: (row: number) => row * minuteMs,
  };
  const stop = new AbortController().signal;
  const all = { rows, missing: [{ from: 0, to: 250 }], source: 'servicenow/uci', speed: Infinity, stop, ...options };
  for await (const message of rowMessages(all)) found.push(message);
  return found;
}

describe('rowMessages', () => {
  it('makes arrays of 100 at full speed, never across a hole', async () => {
    const found = await collect({ missing: [{ from: 0, to: 150 }, { from: 200, to: 210 }] }); // prettier-ignore
    expect(found.map(({ range }) => range)).toEqual([
      { from: 0, to: 100 },
      { from: 100, to: 150 },
      { from: 200, to: 210 },
    ]);
    expect(found[0]).toMatchObject({ subject: 'events.servicenow.batch', first: 't0', last: 't99' });
    expect(JSON.parse(found[1]?.payload ?? '')).toHaveLength(50);
  });

  it('closes an array early when its rows are long', async () => {
    const found = await collect({}, 'x'.repeat(200_000));
    expect(Math.max(...found.map(({ payload }) => payload.length))).toBeLessThan(1_048_576);
  });

  it('sends one event a message at a pace, when it is due', async () => {
    const startedAt = performance.now();
    const found = await collect({ missing: [{ from: 10, to: 14 }], speed: 6_000 });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(29);
    expect(found.map(({ subject }) => subject)).toEqual(Array(4).fill('events.servicenow.ticket.snapshot'));
    expect(JSON.parse(found[0]?.payload ?? '')).toMatchObject({ row: 10 });
  });

  it('ends at once when it is stopped, also while it waits', async () => {
    const found = await collect({ missing: [{ from: 0, to: 5 }], speed: 1, stop: AbortSignal.timeout(20) });
    expect(found).toHaveLength(1);
  });
});
