/** A position of EVENTS and its JetStream time, Unix microseconds. */
export interface FloorPoint {
  seq: number;
  timeUs: number;
}

export interface Floor {
  /** The next message of the stream was read and has this many parts to be applied; in order of reading. */
  opened: (message: FloorPoint, parts: number) => void;
  /** One part of that message is applied and acknowledged, or needs nothing. */
  closed: (seq: number) => void;
  /** The highest position up to which every message read is fully applied. Never beyond the truth. */
  point: () => FloorPoint;
}

/** Keeps the floor. Remembers only unfinished messages, so that one held back for days costs no memory. */
export function createFloor(start: FloorPoint): Floor {
  const unfinished = new Map<number, { parts: number; before: FloorPoint }>();
  let read = start;
  return {
    opened: (message, parts) => {
      if (parts > 0) unfinished.set(message.seq, { parts, before: read });
      read = message;
    },
    closed: (seq) => {
      const message = unfinished.get(seq);
      if (message === undefined) return;
      message.parts -= 1;
      if (message.parts === 0) unfinished.delete(seq);
    },
    point: () => {
      for (const { before } of unfinished.values()) return before;
      return read;
    },
  };
}
