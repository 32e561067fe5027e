import { resolve } from '$app/paths';
import type { FlowReport } from '@deskwire/contracts/flow';

/** The rejected events of a source and reason: those that wait, or where none does all of them. */
export function rejectedAddress({ source, reason, waiting }: FlowReport['rejected'][number]): string {
  const query = new URLSearchParams({ source, reason, state: waiting > 0 ? 'waiting' : 'all' });
  return `${resolve('/flow/rejected')}?${query.toString()}`;
}
