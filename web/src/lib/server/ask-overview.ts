import { kpiRequest } from '@deskwire/contracts/kpi-request';
import { problem } from '@deskwire/contracts/problem';
import { may } from '@deskwire/contracts/roles';
import type { OverviewFigures } from '../overview/figures';
import type { AskedView, Scope } from '../overview/view';
import { orProblem, readKpiQuestion, refusalOfBefore } from './kpi-question';
import { comparedRange, overviewEdges, rangeOf } from './overview-range';

/** `refused`: why, with the status that the API would answer. */
export type OverviewAnswer =
  { state: 'known'; figures: OverviewFigures } | { state: 'refused'; status: number; why: string };

/** The figures of a view for whoever asks: checked and answered as the API does it. */
export async function askOverview(locals: App.Locals, view: AskedView): Promise<OverviewAnswer> {
  let figures: OverviewFigures | undefined;
  const response = await orProblem(async () => {
    const { zone, now } = { zone: locals.doors.env.TIME_ZONE, now: Date.now() };
    const scope = view.scope ?? widestScope(locals);
    const chosen = rangeOf(view.range, now, zone);
    const url = new URL('http://overview/');
    url.searchParams.set('scope', scope);
    if (chosen.from !== undefined) url.searchParams.set('from', new Date(chosen.from).toISOString());
    if (chosen.to !== undefined) url.searchParams.set('to', new Date(chosen.to).toISOString());
    if (view.priority !== undefined) url.searchParams.set('priority', view.priority);
    const question = await readKpiQuestion({ locals, url }, kpiRequest, (request) => request);
    if ('refusal' in question) return question.refusal;
    const { range, filters, flow } = question;
    const compared = comparedRange(view.range, range, { zone, now: Date.parse(flow.at) });
    const refused = refusalOfBefore(compared);
    if (refused !== undefined) return refused;
    const asked = { ...{ scope, range, compared, filters, flow }, ...overviewEdges(range, zone) };
    figures = await locals.doors.readOverview(JSON.stringify([scope, view.range, view.priority, range.from]), asked);
    return new Response();
  });
  if (figures !== undefined) return { state: 'known', figures };
  const { status, detail } = problem.parse(await response.json());
  return { state: 'refused', status, why: detail };
}

/** All teams, for whoever may see them; for others the first of their own. */
export function widestScope(locals: App.Locals): Scope {
  if (locals.who.state !== 'signed-in') return 'all';
  const { actor } = locals.who;
  const [first] = actor.teams;
  return may(actor, 'kpi.all') || first === undefined ? 'all' : `team:${first}`;
}
