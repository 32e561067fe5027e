import { comparedWords, rangeWords } from '../overview/compare-words';
import type { TileName } from '../overview/figure-names';
import { kpiWords } from '../overview/kpi-words';
import { scopesOf } from '../overview/scopes';
import { ofRange, rangeNames, type View } from '../overview/view';
import type { PaletteEntry } from './palette-entry';

interface OverviewOffer {
  view: View;
  teams: string[];
  mayAll: boolean;
  /** Whose figures stand there now. */
  tiles: readonly TileName[];
  change: (changes: Partial<View>, replace?: boolean) => void;
  toggleTable: () => void;
  toggleWall: () => void;
}

/** What the palette offers on the overview: what its controls can be set to, and what its tiles open. */
export function overviewEntries(offer: OverviewOffer): PaletteEntry[] {
  const { view, teams, mayAll, tiles, change, toggleTable, toggleWall } = offer;
  return [
    ...scopesOf(teams, mayAll).map(({ scope, word }): PaletteEntry => ({
      ...{ id: `scope ${scope}`, group: 'Scope', word, keywords: ['team'], chosen: view.scope === scope },
      run: () => change({ scope }),
    })),
    ...rangeNames.map((name): PaletteEntry => ({
      ...{ id: `range ${name}`, group: 'Range', word: rangeWords[name], keywords: ['days', 'time', name] },
      chosen: view.range.name === name,
      run: () => change(ofRange(name)),
    })),
    ...tiles.map((name): PaletteEntry => ({
      ...{ id: `receipt ${name}`, group: 'Tickets behind', word: kpiWords[name].label },
      ...{ keywords: ['receipt', 'proof', 'show'], run: () => change({ receipt: { name } }) },
    })),
    {
      ...{ id: 'compare', group: 'View', word: `Compare with ${comparedWords(view.range)}`, keywords: ['vs', 'trend'] },
      ...{ chosen: view.compare, run: () => change({ compare: !view.compare }) },
    },
    {
      ...{ id: 'table', group: 'View', word: 'Tables in place of charts', keywords: ['numbers'], key: 't' },
      ...{ chosen: view.table, run: toggleTable },
    },
    {
      ...{
        id: 'wall',
        group: 'View',
        word: 'Wall: without the shell, in large type',
        keywords: ['full', 'screen', 'tv'],
      },
      ...{ key: 'f', chosen: view.wall, run: toggleWall },
    },
  ];
}
