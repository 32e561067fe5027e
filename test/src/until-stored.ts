import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowReport } from '@deskwire/contracts/flow';
import type { World } from './world.ts';

/** Waits until the ledger of a stream has everything that it holds now. Rejects after `withinMs`; what does not answer meanwhile is asked again. */
export async function untilStored(world: World, withinMs = 45_000, name = 'EVENTS'): Promise<FlowReport> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const flow = await world.flow().catch(() => undefined);
    const ledger = flow?.streams.find(({ stream }) => stream === name);
    if (flow !== undefined && ledger?.lagMessages === 0) return flow;
    if (performance.now() > deadline)
      throw new Error(`${ledger?.lagMessages ?? 'no one knows how many'} messages still wait after ${withinMs} ms`);
    await sleep(50);
  }
}
