import { describe, expect, it } from 'vitest';
import { sourceWatermark } from './flow-sources.ts';

const clock = (time: string) => `2026-11-22T${time}.000Z`;
const heartbeat = { at: clock('11:00:00'), cursor: '', intervalS: 60, sentCount: 1 };
const lastReceivedAt = clock('11:30:00');

describe('until when everything of a source is stored', () => {
  it('is as far as its stream is, while the source is heard', () => {
    expect(sourceWatermark({ state: 'live', heartbeat, lastReceivedAt }, clock('12:00:00'))).toBe(clock('12:00:00'));
    expect(sourceWatermark({ state: 'idle', heartbeat, lastReceivedAt }, clock('10:00:00'))).toBe(clock('10:00:00'));
  });
  it('is its last heartbeat when it is silent, and its last event when it sends none', () => {
    expect(sourceWatermark({ state: 'silent', heartbeat, lastReceivedAt }, clock('12:00:00'))).toBe(heartbeat.at);
    const without = { heartbeat: null, lastReceivedAt };
    expect(sourceWatermark({ state: 'live', ...without }, clock('12:00:00'))).toBe(lastReceivedAt);
    expect(sourceWatermark({ state: 'unannounced', ...without }, clock('12:00:00'))).toBe(lastReceivedAt);
  });
  it('is never beyond the stream, and not known where that is not', () => {
    expect(sourceWatermark({ state: 'silent', heartbeat, lastReceivedAt }, clock('10:00:00'))).toBe(clock('10:00:00'));
    expect(sourceWatermark({ state: 'live', heartbeat, lastReceivedAt }, null)).toBeNull();
  });
});
