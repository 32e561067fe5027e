/** What a browser runs on, for its owner's list of sessions, e.g. "Firefox on Linux"; at most 60 characters. */
export function deviceOf(userAgent: string | null): string {
  const agent = userAgent ?? '';
  const browser = browsers.find(([, pattern]) => pattern.test(agent))?.[0] ?? 'A browser';
  const system = systems.find(([, pattern]) => pattern.test(agent))?.[0];
  return system === undefined ? browser : `${browser} on ${system}`;
}

/** Most of them also say that they are those below. */
const browsers = [
  ['Edge', /Edg(e|A|iOS)?\//],
  ['Opera', /OPR\//],
  ['Firefox', /(Firefox|FxiOS)\//],
  ['Chrome', /(Chrome|CriOS)\//],
  ['Safari', /Safari\//],
] as const;

const systems = [
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Android', /Android/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux/],
] as const;
