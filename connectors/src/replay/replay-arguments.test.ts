import { describe, expect, it } from 'vitest';
import { readArguments } from './replay-arguments.ts';

describe('readArguments', () => {
  it('replays as fast as possible, unshifted, unless told otherwise', () => {
    expect(readArguments(['servicenow', 'a.zip'])).toEqual({
      ...{ file: 'a.zip', source: 'servicenow/uci', speed: Infinity, shift: 'none', restart: false, json: false },
    });
  });

  it('lets the log end now, and begin now only at a speed at which it cannot run ahead of the clock', () => {
    const shiftAt = (...speed: string[]) => readArguments(['servicenow', 'a', '--shift', 'now', ...speed])?.shift;
    expect([shiftAt(), shiftAt('--speed', '3600'), shiftAt('--speed', '1')]).toEqual([
      'last-is-now',
      'last-is-now',
      'first-is-now',
    ]);
  });

  it.each([
    [[], /replay what/],
    [['zendesk', 'a'], /no replay of zendesk/],
    [['servicenow'], /which file/],
    [['servicenow', 'a', 'b'], /one file at a time/],
    [['servicenow', 'a', '--speed', '0'], /--speed/],
    [['servicenow', 'a', '--speed', 'fast'], /--speed/],
    [['servicenow', 'a', '--shift', 'later'], /--shift/],
    [['servicenow', 'a', '--source', 'Service Now'], /--source/],
    [['servicenow', 'a', '--fast'], /--fast/],
  ])('refuses %j', (args, message) => {
    expect(() => readArguments(args)).toThrow(message);
  });

  it('answers nothing when help is asked for', () => {
    expect(readArguments(['--help'])).toBeUndefined();
  });
});
