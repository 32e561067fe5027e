import '$lib/live/zod-without-eval';
import { kpiReceipt, type KpiName, type KpiReceipt } from '@deskwire/contracts/kpi';
import { problem } from '@deskwire/contracts/problem';
import { askWeb, figuresWithinMs } from '../ask-web';
import type { Priority } from './view';

export type ReceiptAnswer = { ok: true; receipt: KpiReceipt } | { ok: false; why: string };

export interface ReceiptQuestion {
  name: KpiName;
  scope: string;
  /** Only this one of the scope; '' is that of tickets without a team. */
  team: string | undefined;
  priority: Priority | undefined;
  /** Absent: today; without its end: until now. */
  range: { from: string; to: string | undefined } | undefined;
  cursor: string | undefined;
}

/** One page of what stands behind a number, from the same API that programs ask. */
export async function askReceipt(question: ReceiptQuestion): Promise<ReceiptAnswer> {
  const { name, scope, team, priority, range, cursor } = question;
  const query = new URLSearchParams({ scope, limit: '50' });
  if (team !== undefined) query.set('team', team);
  if (priority !== undefined) query.set('priority', priority);
  if (range !== undefined) {
    query.set('from', range.from);
    if (range.to !== undefined) query.set('to', range.to);
  }
  if (cursor !== undefined) query.set('cursor', cursor);
  try {
    const response = await askWeb(`/api/v1/kpi/${name}/tickets?${query}`, { withinMs: figuresWithinMs });
    if (response.ok) return { ok: true, receipt: kpiReceipt.parse(await response.json()) };
    return { ok: false, why: problem.parse(await response.json()).detail };
  } catch {
    return { ok: false, why: 'The web server does not answer. Try again in a few seconds.' };
  }
}
