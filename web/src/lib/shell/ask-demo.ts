import { demoAnswer } from '@deskwire/contracts/demo';
import type { DemoState } from './demo-watch.svelte';

/** Whether simulated data is here. Rejects when there is no such answer. */
export async function askDemo(): Promise<DemoState> {
  const response = await fetch('/api/v1/demo');
  return demoAnswer.parse(await response.json()).state;
}
