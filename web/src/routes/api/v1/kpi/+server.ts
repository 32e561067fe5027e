import { periodBefore } from '@deskwire/clickhouse/kpi/kpi-range';
import { kpiNames } from '@deskwire/contracts/kpi';
import { kpiFiguresMax, kpiRequest } from '@deskwire/contracts/kpi-request';
import { json } from '@sveltejs/kit';
import { orProblem, readKpiQuestion, refusalOfBefore } from '$lib/server/kpi-question';
import type { RequestHandler } from './$types';

/** KPIs of a range, by name, each with its proof. */
export const GET: RequestHandler = (event) =>
  orProblem(async () => {
    const question = await readKpiQuestion(event, kpiRequest, (request) => request, { isForProgram: true });
    if ('refusal' in question) return question.refusal;
    const { request, range, filters, flow } = question;
    const names = request.kpis.length === 0 ? kpiNames : [...new Set(request.kpis)];
    const previous = request.previous === 'true';
    const refused = previous ? refusalOfBefore(periodBefore(range)) : undefined;
    if (refused !== undefined) return refused;
    const asked = { names, range, filters, by: request.by, previous, flow, figuresMax: kpiFiguresMax };
    return json(await event.locals.doors.readKpiAnswers(event.url.searchParams, asked), {
      headers: { 'cache-control': 'no-store' },
    });
  });
