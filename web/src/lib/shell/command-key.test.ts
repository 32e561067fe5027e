import { expect, it } from 'vitest';
import { commandKeyOf, isPaletteKey } from './command-key';

const press = (keys: Partial<Parameters<typeof isPaletteKey>[0]>) => ({
  ...{ key: 'k', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
  ...keys,
});

it.each([
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15', '⌘'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)', '⌘'],
  ['Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0', 'ctrl'],
  [null, 'ctrl'],
])('is called by the keyboard of %s', (userAgent, key) => {
  expect(commandKeyOf(userAgent)).toBe(key);
});

it('asks for the palette with K and nothing else, also while capitals are locked', () => {
  expect(isPaletteKey(press({ ctrlKey: true }), 'ctrl')).toBe(true);
  expect(isPaletteKey(press({ ctrlKey: true, key: 'K' }), 'ctrl')).toBe(true);
  expect(isPaletteKey(press({ metaKey: true }), '⌘')).toBe(true);
  expect(isPaletteKey(press({}), 'ctrl')).toBe(false);
  expect(isPaletteKey(press({ ctrlKey: true, shiftKey: true }), 'ctrl')).toBe(false);
  expect(isPaletteKey(press({ ctrlKey: true, key: 'j' }), 'ctrl')).toBe(false);
});

it('leaves Ctrl+K to text fields where the palette has a key of its own', () => {
  expect(isPaletteKey(press({ ctrlKey: true }), '⌘')).toBe(false);
});
