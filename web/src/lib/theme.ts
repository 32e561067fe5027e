export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const themeWords: Record<Theme, string> = { system: 'as the system', light: 'light', dark: 'dark' };

/** A theme is remembered in a cookie, so that the server paints the right one at once. */
export function isTheme(value: string | undefined): value is Theme {
  return themes.some((theme) => theme === value);
}
