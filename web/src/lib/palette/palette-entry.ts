/** In the order in which they are listed. */
export const paletteGroups = ['Go to', 'Scope', 'Range', 'Tickets behind', 'View', 'Theme', 'You'] as const;
export type PaletteGroup = (typeof paletteGroups)[number];

/** Something that the palette offers; `run` does what the visible control of the same does. */
export interface PaletteEntry {
  /** Of its own among all that are offered. */
  id: string;
  group: PaletteGroup;
  word: string;
  /** What else it may be called. */
  keywords?: string[];
  /** How it stands now; absent where that says nothing. */
  chosen?: boolean;
  /** The single key that does the same. */
  key?: string;
  run: () => void;
}
