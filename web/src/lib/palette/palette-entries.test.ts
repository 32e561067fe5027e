import { describe, expect, it } from 'vitest';
import { readView, viewAddress, type View } from '../overview/view';
import { overviewEntries } from './overview-entries';
import type { PaletteEntry } from './palette-entry';
import { shellEntries } from './shell-entries';

const find = (entries: PaletteEntry[], id: string) => {
  const entry = entries.find((each) => each.id === id);
  if (entry === undefined) throw new Error(`no entry ${id} among ${entries.map((each) => each.id).join(', ')}`);
  return entry;
};

describe('on the overview', () => {
  function setUp(address = '', mayAll = true) {
    const { view } = readView(new URLSearchParams(address));
    const done: string[] = [];
    const entries = overviewEntries({
      ...{ view: { ...view, scope: view.scope ?? 'all' }, teams: ['billing', 'field-sales'], mayAll },
      tiles: ['backlog', 'csat'],
      change: (changes: Partial<View>) => done.push(viewAddress({ ...view, ...changes })),
      toggleTable: () => done.push('table'),
      toggleWall: () => done.push('wall'),
    });
    return { entries, done, run: (id: string) => (find(entries, id).run(), done.at(-1)) };
  }

  it('leads to the addresses that its controls lead to', () => {
    const { run } = setUp('range=7d&receipt=csat');
    expect(run('scope team:field-sales')).toBe('/?scope=team%3Afield-sales&range=7d&receipt=csat');
    expect(run('range yesterday')).toBe('/?range=yesterday');
    expect(run('receipt backlog')).toBe('/?range=7d&receipt=backlog');
    expect(run('compare')).toBe('/?range=7d&compare=none&receipt=csat');
    expect(run('table')).toBe('table');
    expect(run('wall')).toBe('wall');
  });
  it('says what is chosen', () => {
    const { entries } = setUp('range=28d&compare=none');
    expect(entries.filter(({ chosen }) => chosen === true).map(({ id }) => id)).toEqual(['scope all', 'range 28d']);
    expect(find(entries, 'compare')).toMatchObject({ word: 'Compare with the 28 days before', chosen: false });
  });
  it('offers all teams to those alone who may see them, and receipts of the tiles that are there', () => {
    const { entries } = setUp('', false);
    expect(entries.filter(({ group }) => group === 'Scope').map(({ word }) => word)).toEqual([
      'Billing',
      'Field sales',
    ]);
    expect(entries.filter(({ group }) => group === 'Tickets behind').map(({ word }) => word)).toEqual([
      'Backlog',
      'CSAT',
    ]);
  });
  it('names each once', () => {
    const ids = setUp().entries.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('on every page', () => {
  it('goes where this person may go, changes the theme, and signs out', () => {
    const done: string[] = [];
    const entries = shellEntries({
      links: [
        { href: '/', word: 'Overview' },
        { href: '/flow', word: 'Data flow' },
      ],
      path: '/flow',
      goTo: (href) => done.push(href),
      theme: { chosen: 'dark', choose: (theme) => done.push(theme) },
      openKeys: () => done.push('keys'),
      signOut: () => done.push('out'),
    });
    for (const id of ['go /', 'theme light', 'keys', 'sign-out']) find(entries, id).run();
    expect(done).toEqual(['/', 'light', 'keys', 'out']);
    expect(entries.filter(({ group }) => group === 'Go to').map(({ word, chosen }) => [word, chosen])).toEqual([
      ['Overview', undefined],
      ['Data flow', true],
    ]);
    expect(entries.filter(({ chosen }) => chosen === true).map(({ id }) => id)).toEqual(['go /flow', 'theme dark']);
  });
});
