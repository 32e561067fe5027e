import type { Frame, HubHeartbeat } from '@deskwire/contracts/hub-protocol';

/** The last frame that a page holds of a channel; `epoch` undefined before the first. */
export interface Position {
  epoch: Frame['epoch'] | undefined;
  seq: number;
}

/** A frame of another epoch is always newer: the hub that counted before is gone. */
export function isNewer(frame: Pick<Frame, 'epoch' | 'seq'>, held: Position): boolean {
  return frame.epoch !== held.epoch || frame.seq > held.seq;
}

/** A heartbeat that knows of a frame which never came: the last one was lost. */
export function isBehind(held: Position, heartbeat: Pick<HubHeartbeat, 'epoch' | 'head'>): boolean {
  return heartbeat.epoch !== held.epoch || heartbeat.head > held.seq;
}
