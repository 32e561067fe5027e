import { kpiName } from '@deskwire/contracts/kpi';
import { kpiFiguresMax, kpiReceiptRequest, kpiRequest, kpiSeriesRequest } from '@deskwire/contracts/kpi-request';
import { answer, failures } from './describe-answers';
import { inPath, parametersOf } from './describe-parameters';

/** Figures: their answers, over time, and what stands behind them. */
export const kpiPaths = () => ({
  '/api/v1/kpi': {
    get: {
      operationId: 'readKpis',
      summary: 'KPIs of a range with their proof, by name',
      description: `${kpiAccess} ${kpiAge} ${kpiSize}`,
      security: [{ bearer: [] }],
      parameters: parametersOf(kpiRequest),
      responses: {
        200: answer('KpiAnswers', 'One answer for each KPI asked for'),
        ...failures(400, 401, 403, 404, 503, 504),
      },
    },
  },
  '/api/v1/kpi/{name}/series': {
    get: {
      operationId: 'readKpiSeries',
      summary: 'One KPI, bucket by bucket in the zone of the desk; at most 2,000 buckets',
      description: `${kpiAccess} ${kpiAge} ${kpiSize}`,
      security: [{ bearer: [] }],
      parameters: [inPath('name', kpiName), ...parametersOf(kpiSeriesRequest)],
      responses: {
        200: answer('KpiSeries', 'Every bucket of the range'),
        ...failures(400, 401, 403, 404, 503, 504),
      },
    },
  },
  '/api/v1/kpi/{name}/tickets': {
    get: {
      operationId: 'readKpiReceipt',
      summary: 'What stands behind a number, page by page',
      description: kpiAccess,
      security: [{ bearer: [] }],
      parameters: [inPath('name', kpiName), ...parametersOf(kpiReceiptRequest)],
      responses: { 200: answer('KpiReceipt', 'One page'), ...failures(400, 401, 403, 404, 503, 504) },
    },
  },
});

const kpiAccess =
  'For analysts and administrators, and for leads: of their teams with scope=team:<id>, of all when they lead no particular one.';
const kpiAge =
  'As of `as_of`: usually a second or two ago, and up to twenty seconds where figures cannot be read in time or the range is long.';
const kpiSize = `An answer has at most ${kpiFiguresMax.toLocaleString('en')} figures, one for each KPI, bucket and group: what would have more is refused with 400.`;
