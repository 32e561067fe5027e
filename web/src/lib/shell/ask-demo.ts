import { demoAnswer } from '@deskwire/contracts/demo';
import { askWeb } from '$lib/ask-web';
import type { DemoState } from './demo-watch.svelte';

/** Whether simulated data is here. Rejects when there is no such answer. */
export async function askDemo(): Promise<DemoState> {
  const response = await askWeb('/api/v1/demo');
  return demoAnswer.parse(await response.json()).state;
}
