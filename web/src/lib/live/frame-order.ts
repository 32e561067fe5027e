import type { Frame, HubHeartbeat } from '@deskwire/contracts/hub-protocol';

/** The last frame that a page holds of a channel; `epoch` undefined before the first. */
export interface Position {
  epoch: Frame['epoch'] | undefined;
  seq: number;
}

export type Place = 'apply' | 'old' | 'gap';

/**
 * What to do with a frame. Whole ones fit anywhere; a delta fits when what it follows is held. An epoch that is a number and
 * lower is over; on a new connection (`fresh`) it is what the hub has now, whatever was held before.
 */
export function placeOf(frame: Omit<Frame, 'data'>, held: Position, fresh: boolean): Place {
  if (frame.epoch !== held.epoch) {
    const over = typeof frame.epoch === 'number' && typeof held.epoch === 'number' && frame.epoch < held.epoch;
    if (over && !fresh) return 'old';
    return frame.kind === 'delta' ? 'gap' : 'apply';
  }
  if (frame.seq <= held.seq) return 'old';
  return frame.kind === 'delta' && frame.prev > held.seq ? 'gap' : 'apply';
}

/** A heartbeat that knows of a frame which never came: the last one was lost. */
export function isBehind(held: Position, heartbeat: Pick<HubHeartbeat, 'epoch' | 'head'>): boolean {
  return heartbeat.epoch !== held.epoch || heartbeat.head > held.seq;
}
