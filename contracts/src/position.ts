import { z } from 'zod';

const count = z.number().int().nonnegative();

/** A position in a stream, and the place in its batch: the identity of a cause. */
export const position = z.object({ epoch: count, seq: count, idx: count });
export type Position = z.infer<typeof position>;

/** A message of a stream, or how far a stream is stored. */
export const streamPosition = position.omit({ idx: true });
export type StreamPosition = z.infer<typeof streamPosition>;
