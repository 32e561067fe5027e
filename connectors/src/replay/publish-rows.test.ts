import { describe, expect, it } from 'vitest';
import { publishRows, type RowsMessage } from './publish-rows.ts';

async function* messages(count: number): AsyncGenerator<RowsMessage> {
  for (let row = 0; row < count; row++) {
    yield await Promise.resolve({
      range: { from: row, to: row + 1 },
      subject: 's',
      payload: '',
      first: undefined,
      last: undefined,
    });
  }
}

describe('publishRows', () => {
  it('never has more under way than its window, and sends in order', async () => {
    const sent: number[] = [];
    let underWay = 0;
    let most = 0;
    await publishRows({
      messages: messages(50),
      windowMax: 4,
      publish: async ({ range }) => {
        sent.push(range.from);
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        return range.from + 1;
      },
      onSent: () => undefined,
      onAcknowledged: ({ range }, seq) => expect(seq).toBe(range.from + 1),
    });
    expect(sent).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(most).toBe(4);
  });

  it('sends no more after a failure, and rejects with it once nothing is under way', async () => {
    const settled: number[] = [];
    const sent: number[] = [];
    await expect(
      publishRows({
        messages: messages(50),
        windowMax: 4,
        publish: async ({ range }) => {
          sent.push(range.from);
          await new Promise((resolve) => setImmediate(resolve));
          if (range.from === 2) throw new Error('the stream is full');
          return range.from;
        },
        onSent: () => undefined,
        onAcknowledged: ({ range }) => settled.push(range.from),
      }),
    ).rejects.toThrow('the stream is full');
    expect(sent.length).toBeLessThan(10);
    expect(settled).toEqual(sent.filter((row) => row !== 2));
  });
});
