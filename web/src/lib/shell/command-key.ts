/** The key that opens the palette together with K, as it is written on the keyboard. */
export type CommandKey = 'ctrl' | '⌘';

/** By the User-Agent of a request: the server paints the right one at once. */
export function commandKeyOf(userAgent: string | null): CommandKey {
  return /Macintosh|iPhone|iPad/.test(userAgent ?? '') ? '⌘' : 'ctrl';
}

/** On Apple's keyboards Ctrl+K belongs to text fields: it deletes to the end of the line. */
export function isPaletteKey(
  {
    key,
    ctrlKey,
    metaKey,
    altKey,
    shiftKey,
  }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
  command: CommandKey,
): boolean {
  if (altKey || shiftKey || key.toLowerCase() !== 'k') return false;
  return metaKey || (ctrlKey && command === 'ctrl');
}
