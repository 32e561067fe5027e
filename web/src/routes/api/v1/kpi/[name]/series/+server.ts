import { bucketEdges } from '@deskwire/clickhouse/kpi/kpi-range';
import { kpiFiguresMax, kpiSeriesRequest } from '@deskwire/contracts/kpi-request';
import { json } from '@sveltejs/kit';
import { kpiOf, orProblem, readKpiQuestion } from '$lib/server/kpi-question';
import { problems } from '$lib/server/problem';
import type { RequestHandler } from './$types';

const bucketsMax = 2_000;
const coarser = { minute: 'hour', hour: 'day', day: undefined } as const;

/** One KPI, bucket by bucket in the desk's zone. */
export const GET: RequestHandler = (event) =>
  orProblem(async () => {
    const question = await readKpiQuestion(event, kpiSeriesRequest, (request) => request, { isForProgram: true });
    if ('refusal' in question) return question.refusal;
    const kpi = kpiOf(event.params.name);
    if ('refusal' in kpi) return kpi.refusal;
    const { request, range, filters, flow } = question;
    const { grain, by } = request;
    const zone = event.locals.doors.env.TIME_ZONE;
    const edges = bucketEdges(range, grain, zone, bucketsMax);
    if (edges === undefined) {
      const next = [coarser[grain], 'day' as const].find(
        (wider) => wider !== undefined && bucketEdges(range, wider, zone, bucketsMax) !== undefined,
      );
      const advice = next === undefined ? 'Ask for a shorter range.' : `Use grain=${next}, or a shorter range.`;
      return problems.badRequest(`That is more than ${bucketsMax} buckets. ${advice}`);
    }
    const asked = { name: kpi.name, range, edges, grain, zone, filters, by, flow, figuresMax: kpiFiguresMax };
    return json(await event.locals.doors.readKpiSeries(event.url.searchParams, asked), {
      headers: { 'cache-control': 'no-store' },
    });
  });
