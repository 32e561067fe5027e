/** What a single key does; undefined: nothing here. */
export type KeyActions = Record<string, (() => void) | undefined>;

const storageKey = 'single-keys';

/** Single keys can be switched off by whoever types in other ways (WCAG 2.1.4); remembered in this browser. */
export const singleKeys = {
  areOn: () => localStorage.getItem(storageKey) !== 'off',
  set: (on: boolean) => localStorage.setItem(storageKey, on ? 'on' : 'off'),
};

/** Runs the action of a key pressed outside of text fields, menus and dialogs. */
export function onSingleKey(event: KeyboardEvent, actions: KeyActions): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat) return;
  const { target } = event;
  if (target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role=dialog]') !== null)
    return;
  const action = actions[event.key];
  if (action === undefined || !singleKeys.areOn()) return;
  event.preventDefault();
  action();
}
