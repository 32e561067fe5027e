import type { DemoAnswer } from '@deskwire/contracts/demo';
import { askWeb } from '../ask-web';

const states: readonly string[] = ['none', 'on', 'removing', 'removed'] satisfies DemoAnswer['state'][];
const isState = (word: unknown): word is DemoAnswer['state'] => typeof word === 'string' && states.includes(word);

/** Whether simulated data is here. Rejects when there is no such answer. Without the schema: every page begins with this. */
export async function askDemo(): Promise<DemoAnswer['state']> {
  const response = await askWeb('/api/v1/demo');
  const { state }: { state?: unknown } = await response.json();
  if (!isState(state)) throw new Error(`the demo's state is ${String(state)}`);
  return state;
}
