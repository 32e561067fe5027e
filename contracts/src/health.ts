import { z } from 'zod';

/** How one part of the system is. `detail` says what is wrong and what to do; never personal. */
export const partHealth = z.object({
  part: z.string(),
  ready: z.boolean(),
  detail: z.string(),
  since: z.iso.datetime(),
});
export type PartHealth = z.infer<typeof partHealth>;

/** `GET /readyz` on the web port. */
export const readiness = z.object({ ready: z.boolean(), at: z.iso.datetime(), parts: z.array(partHealth) });
export type Readiness = z.infer<typeof readiness>;

/** The processes and servers that make up a running system, in the order in which data flows. */
export const parts = ['nats', 'clickhouse', 'ingest', 'workflows', 'hub', 'web'] as const;
