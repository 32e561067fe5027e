import { staleLagMs } from '@deskwire/contracts/kpi-definitions';
import { formatSpan } from '../format';

/** "Live, 0.4 s behind", or "70 s behind" where that makes figures stale; `behindMs`: undefined while it is not known. */
export function liveWords(behindMs: number | undefined): string {
  if (behindMs === undefined) return 'Live';
  const behind = `${formatSpan(behindMs)} behind`;
  return behindMs > staleLagMs ? behind : `Live, ${behind}`;
}
