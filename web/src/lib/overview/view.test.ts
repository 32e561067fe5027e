import { describe, expect, it } from 'vitest';
import { readView, viewAddress } from './view';

const read = (query: string) => readView(new URLSearchParams(query));
const again = (query: string) => viewAddress(read(query).view);

describe('the view in an address', () => {
  it.each([
    '/',
    '/?range=7d',
    '/?scope=team%3Abilling&range=28d&compare=none',
    '/?priority=urgent',
    '/?priority=',
    '/?from=2026-11-20&to=2026-11-22',
    '/?from=2026-11-22T10%3A00%3A00.000Z&to=2026-11-22T11%3A00%3A00.000Z&sort=created&table=1&teams=all&wall=1&receipt=csat',
    '/?receipt=created&receipt_team=billing&receipt_priority=low',
    '/?receipt=backlog&receipt_team=&receipt_priority=',
    '/?receipt=solved&receipt_from=2026-11-22T10%3A00%3A00.000Z&receipt_to=2026-11-22T11%3A00%3A00.000Z',
  ])('%s is written as it was read', (address) => {
    expect(read(address.slice(2)).complaint).toBeUndefined();
    expect(again(address.slice(2))).toBe(address);
  });

  it('does not name the scope that holds without a name, and names any other', () => {
    const view = { ...read('table=1').view, scope: 'all', implied: 'all' } as const;
    expect(viewAddress(view)).toBe('/?table=1');
    expect(viewAddress({ ...view, scope: 'team:billing' })).toBe('/?scope=team%3Abilling&table=1');
    expect(viewAddress({ ...view, implied: undefined })).toBe('/?scope=all&table=1');
  });

  it.each([
    ['range=banana', 'banana'],
    ['from=2026-11-22', 'both'],
    ['from=yesterday&to=2026-11-22', '"yesterday"'],
    ['from=2026-11-22&to=2026-11-21', 'before it begins'],
    ['scope=everything', 'team:<id>'],
    ['priority=banana', 'urgent, high, normal, low'],
  ])('shows today and says what is wrong with ?%s', (query, said) => {
    const { view, complaint } = read(query);
    expect(view).toMatchObject({ range: { name: 'today' }, scope: undefined, priority: undefined });
    expect(complaint).toContain(said);
  });
});
