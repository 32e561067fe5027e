import { themes, themeWords, type Theme } from '../theme';
import type { PaletteEntry } from './palette-entry';

interface ShellOffer {
  /** Where this person may go. */
  links: { href: string; word: string }[];
  /** The page shown now. */
  path: string;
  goTo: (href: string) => void;
  theme: { chosen: Theme; choose: (theme: Theme) => void };
  openKeys: () => void;
  signOut: () => void;
}

/** What the palette offers on every page. */
export function shellEntries({ links, path, goTo, theme, openKeys, signOut }: ShellOffer): PaletteEntry[] {
  return [
    ...links.map(({ href, word }): PaletteEntry => ({
      ...{ id: `go ${href}`, group: 'Go to', word, keywords: ['page', 'open'] },
      ...(path === href && { chosen: true }),
      run: () => goTo(href),
    })),
    ...themes.map((each): PaletteEntry => ({
      ...{ id: `theme ${each}`, group: 'Theme', word: upper(themeWords[each]), keywords: ['mode', 'colours'] },
      chosen: theme.chosen === each,
      run: () => theme.choose(each),
    })),
    { id: 'keys', group: 'View', word: 'Keys', keywords: ['shortcuts', 'help'], key: '?', run: openKeys },
    { id: 'sign-out', group: 'You', word: 'Sign out', keywords: ['log', 'logout', 'leave'], run: signOut },
  ];
}

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
