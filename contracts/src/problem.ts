import { z } from 'zod';

/** RFC 9457 problem document: the body of every HTTP error, `application/problem+json`. `detail` says what to do. */
export const problem = z.object({
  type: z.string().default('about:blank'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  instance: z.string().optional(),
});
export type Problem = z.infer<typeof problem>;
