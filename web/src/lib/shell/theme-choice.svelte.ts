import { createContext } from 'svelte';
import type { Theme } from '$lib/theme';

/** The theme of this browser: one for all that shows or changes it. */
export class ThemeChoice {
  #chosen: Theme = $state('system');

  constructor(remembered: Theme) {
    this.#chosen = remembered;
  }

  get chosen(): Theme {
    return this.#chosen;
  }

  choose(theme: Theme): void {
    this.#chosen = theme;
    document.documentElement.dataset['theme'] = theme;
    // A cookie, so that the server paints the right theme at once.
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  }
}

/** The shell sets it. */
export const [themeContext, setThemeContext] = createContext<ThemeChoice>();
