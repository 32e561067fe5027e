import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowReport } from '@deskwire/contracts/flow';
import type { World } from './world.ts';

/** Waits until the ledger of EVENTS has everything that the stream holds now. Rejects after `withinMs`; what does not answer meanwhile is asked again. */
export async function untilStored(world: World, withinMs = 45_000): Promise<FlowReport> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const flow = await world.flow().catch(() => undefined);
    const events = flow?.streams.find(({ stream }) => stream === 'EVENTS');
    if (flow !== undefined && events?.lagMessages === 0) return flow;
    if (performance.now() > deadline)
      throw new Error(`${events?.lagMessages ?? 'no one knows how many'} messages still wait after ${withinMs} ms`);
    await sleep(50);
  }
}
