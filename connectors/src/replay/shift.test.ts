import { describe, expect, it } from 'vitest';
import { shiftOf } from './shift.ts';

const hour = 3_600_000;
const now = 1_000 * hour;
const log = [undefined, 10 * hour, 20 * hour, 110 * hour];
const wanted = { source: 'servicenow/uci', speed: Infinity, shift: 'last-is-now', restart: false } as const;

describe('shiftOf', () => {
  it('lets the first or the last event happen now', () => {
    expect(shiftOf({ ...wanted, shift: 'none' }, log, undefined, now)).toBe(0);
    expect(shiftOf({ ...wanted, shift: 'first-is-now' }, log, undefined, now)).toBe(990 * hour);
    expect(shiftOf(wanted, log, undefined, now)).toBe(890 * hour);
  });

  it('keeps the shift that the replay began with, at another speed and with --restart too', () => {
    const before = { shiftMs: 800 * hour, row: 2 };
    for (const shift of ['first-is-now', 'last-is-now'] as const)
      for (const restart of [false, true])
        expect(shiftOf({ ...wanted, shift, restart }, log, before, now)).toBe(800 * hour);
  });

  it('refuses other times under the same source, whose events would all be duplicates', () => {
    for (const restart of [false, true]) {
      expect(() => shiftOf({ ...wanted, restart }, log, { shiftMs: 0, row: 0 }, now)).toThrow(
        'leave it out, or replay under another name, e.g. --source again/uci',
      );
      expect(() => shiftOf({ ...wanted, shift: 'none', restart }, log, { shiftMs: 5, row: 0 }, now)).toThrow(
        'give it again, or replay',
      );
    }
  });

  it('refuses to hurry through what has yet to happen', () => {
    const begun = { shiftMs: 990 * hour, row: 1 };
    expect(() => shiftOf(wanted, log, begun, now + hour)).toThrow('--speed 1 or slower');
    expect(shiftOf({ ...wanted, shift: 'first-is-now', speed: 1 }, log, begun, now + hour)).toBe(990 * hour);
    expect(shiftOf(wanted, log, begun, now + 80 * hour)).toBe(990 * hour);
  });
});
