import { z } from 'zod';

/** Whether what a source says is simulated: `demo-zendesk`, or an envelope's `demo-zendesk/demo`. */
export const isSimulated = (source: string) => source.startsWith(simulatedPrefix);

/** What the names of simulated sources, and with them the desk's ids of their tickets and customers, begin with. */
export const simulatedPrefix = 'demo-';

/** The simulated systems, each with a login of its own. */
export const demoSources = ['demo-zendesk', 'demo-salesforce', 'demo-hubspot'] as const;
export type DemoSource = (typeof demoSources)[number];

/** The demo's own record, key `demo` of bucket `config`; absent where there never was one. `run` names one installation of it. */
export const demoRecord = z.discriminatedUnion('state', [
  z.object({ state: z.literal('on'), run: z.string().min(1), started_at: z.iso.datetime() }),
  z.object({ state: z.literal('removing'), run: z.string().min(1), since: z.iso.datetime() }),
  z.object({ state: z.literal('removed'), removed_at: z.iso.datetime() }),
]);
export type DemoRecord = z.infer<typeof demoRecord>;

/** What `GET /api/v1/demo` answers. */
export const demoAnswer = z.object({ state: z.enum(['none', 'on', 'removing', 'removed']) });
export type DemoAnswer = z.infer<typeof demoAnswer>;

export const demoKey = 'demo';

/** Lease of the one process that speaks for the demo: it feeds, or removes. */
export const demoLease = 'connectors.demo';

/** Key of bucket `cursors`: how far a simulated source has come, for when the stream no longer says so. */
export const demoCursorKey = (source: DemoSource) => `demo.${source}`;
