import { demoAnswer } from '@deskwire/contracts/demo';
import { integrationEvent } from '@deskwire/contracts/event';
import { flowReport } from '@deskwire/contracts/flow';
import { readiness } from '@deskwire/contracts/health';
import { kpiAnswers, kpiName, kpiReceipt, kpiSeries } from '@deskwire/contracts/kpi';
import { kpiReceiptRequest, kpiRequest, kpiSeriesRequest } from '@deskwire/contracts/kpi-request';
import { problem } from '@deskwire/contracts/problem';
import {
  dismissRequest,
  rejectedDetail,
  rejectedName,
  rejectedPage,
  rejectedRequest,
  settleAnswer,
} from '@deskwire/contracts/rejected';
import { retireAnswer, retireRequest } from '@deskwire/contracts/retirement';
import { hubTokenAnswer } from '@deskwire/contracts/session';
import { ticketAnswer, ticketRequest } from '@deskwire/contracts/ticket-answer';
import { z } from 'zod';

/** OpenAPI 3.1 of the endpoints that exist, from the schemas that check them. */
export function describeApi() {
  const schemas = {
    ...{ FlowReport: flowReport, Readiness: readiness, HubToken: hubTokenAnswer, Problem: problem, Demo: demoAnswer },
    ...{ KpiAnswers: kpiAnswers, KpiSeries: kpiSeries, KpiReceipt: kpiReceipt, Ticket: ticketAnswer },
    ...{ RejectedPage: rejectedPage, RejectedEvent: rejectedDetail, Settled: settleAnswer },
    ...{ Event: integrationEvent, Dismissal: dismissRequest, Retirement: retireRequest, Retired: retireAnswer },
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Deskwire',
      version: '1',
      description: 'Bearer tokens come from `npm run token -- add --role <role> --name <name>`.',
    },
    paths: {
      '/api/v1/flow': {
        get: {
          operationId: 'readFlow',
          summary: 'The data flow: sources, watermarks, gaps and the balance of the ledger',
          description: 'For analysts and administrators.',
          security: [{ bearer: [] }],
          responses: { 200: answer('FlowReport', 'As of `at`'), ...failures(401, 403, 503) },
        },
      },
      '/api/v1/flow/retire': {
        post: {
          operationId: 'retireSource',
          summary: 'Says of a silent source that no more will come, once however often it is asked for',
          description: 'For administrators. Its events stay counted; whatever it sends makes it live again.',
          security: [{ bearer: [] }],
          requestBody: body('Retirement'),
          responses: {
            200: answer('Retired', 'Its final heartbeat is in EVENTS, or was before'),
            ...failures(400, 401, 403, 404, 413, 503, 507),
            409: failure('The source is not silent; nothing was sent'),
          },
        },
      },
      '/api/v1/kpi': {
        get: {
          operationId: 'readKpis',
          summary: 'KPIs of a range with their proof, by name',
          description: `${kpiAccess} ${kpiAge}`,
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
          description: `${kpiAccess} ${kpiAge}`,
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
      '/api/v1/tickets/{id}': {
        get: {
          operationId: 'readTicket',
          summary: 'A ticket as it is now, by the desk’s id or the source’s own while that is unambiguous',
          description:
            'For agents and leads of its team; for administrators with a reason. Whoever is shown subject and requester is logged.',
          security: [{ bearer: [] }],
          parameters: [inPath('id', z.string()), ...parametersOf(ticketRequest)],
          responses: { 200: answer('Ticket', 'The ticket'), ...failures(400, 401, 403, 404, 503, 504) },
        },
      },
      '/api/v1/rejected': {
        get: {
          operationId: 'listRejected',
          summary: 'Rejected events, newest first, without what they say; those that wait, or all',
          description: 'For analysts and administrators.',
          security: [{ bearer: [] }],
          parameters: parametersOf(rejectedRequest),
          responses: { 200: answer('RejectedPage', 'One page'), ...failures(400, 401, 403, 503, 504) },
        },
      },
      '/api/v1/rejected/{name}': {
        get: {
          operationId: 'readRejected',
          summary: 'One rejected event with what was sent, while it is kept (30 days)',
          description: 'For administrators; that it was read is logged.',
          security: [{ bearer: [] }],
          parameters: [inPath('name', rejectedName)],
          responses: { 200: answer('RejectedEvent', 'The event'), ...failures(401, 403, 404, 503, 504) },
        },
      },
      '/api/v1/rejected/{name}/mend': {
        post: {
          operationId: 'mendRejected',
          summary: 'Sends an event in place of a rejected one, once however often it is asked for',
          description: 'For administrators. Where a whole message was rejected the body may be an array of events.',
          security: [{ bearer: [] }],
          parameters: [inPath('name', rejectedName)],
          requestBody: body('Event'),
          responses: settledResponses,
        },
      },
      '/api/v1/rejected/{name}/dismiss': {
        post: {
          operationId: 'dismissRejected',
          summary: 'Says for good that a rejected event will not be mended',
          description: 'For administrators.',
          security: [{ bearer: [] }],
          parameters: [inPath('name', rejectedName)],
          requestBody: body('Dismissal'),
          responses: settledResponses,
        },
      },
      '/api/v1/demo': {
        get: {
          operationId: 'readDemo',
          summary: 'Whether simulated data is here: sources whose names begin with "demo-"',
          security: [{ bearer: [] }],
          responses: { 200: answer('Demo', 'As of now'), ...failures(401, 503) },
        },
      },
      '/api/v1/demo/remove': {
        post: {
          operationId: 'removeDemo',
          summary: 'Has the demo removed with everything it sent, and with its people',
          description: 'For administrators. Read /api/v1/demo to see when it is done.',
          security: [{ bearer: [] }],
          responses: {
            200: answer('Demo', 'There is nothing left to remove'),
            202: answer('Demo', 'It is being removed'),
            ...failures(401, 403, 503),
            409: failure('Nobody would be left who can administer this desk, or the demo does not run here'),
          },
        },
      },
      '/api/v1/hub-token': {
        get: {
          operationId: 'readHubToken',
          summary: 'A pass with which a signed-in page opens a socket to the hub; good for one minute',
          description:
            'For the session of a browser. Programs connect with their bearer token; asking with one is a 403.',
          security: [{ session: [] }],
          responses: {
            200: answer('HubToken', 'For `auth: { token }` of socket.io-client'),
            ...failures(401, 403, 503),
          },
        },
      },
      '/readyz': {
        get: {
          operationId: 'readReadiness',
          summary: 'Whether every part can do its work',
          responses: {
            200: answer('Readiness', 'Every part is ready'),
            503: answer('Readiness', 'At least one is not'),
          },
        },
      },
    },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-session', description: 'deskwire-session without TLS' },
      },
      schemas: Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, toSchema(schema)])),
    },
  };
}

/** Without the dialect: OpenAPI 3.1 names one for the whole document. */
function toSchema(schema: z.ZodType, io: 'input' | 'output' = 'output'): unknown {
  return { ...z.toJSONSchema(schema, { io }), $schema: undefined };
}

function answer(name: string, description: string) {
  return { description, content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } } };
}

function body(name: string) {
  return { required: true, content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } } };
}

const kpiAccess =
  'For analysts and administrators, and for leads: of their teams with scope=team:<id>, of all when they lead no particular one.';
const kpiAge =
  'As of `as_of`: usually a second or two ago, and up to twenty seconds where figures cannot be read in time or the range is long.';

function inPath(name: string, schema: z.ZodType) {
  return { name, in: 'path', required: true, schema: toSchema(schema, 'input') };
}

/** The query of an endpoint: lists are repeated, `kpis` may also stand with commas. */
function parametersOf(request: z.ZodObject) {
  return Object.entries(request.shape).map(([name, schema]) => {
    const described = parameterSchema.parse(z.toJSONSchema(schema, { io: 'input' }));
    const { description, ...rest } = described;
    return {
      ...{ name, in: 'query', required: !schema.safeParse(undefined).success, schema: { ...rest, $schema: undefined } },
      ...(description !== undefined && { description }),
      ...(rest['type'] === 'array' && { style: 'form', explode: name !== 'kpis' }),
    };
  });
}
const parameterSchema = z.looseObject({ description: z.string().optional() });

const words = {
  400: 'A parameter is wrong; the detail names it',
  401: 'No token, or one that is not valid',
  403: 'The role or the teams do not allow this',
  404: 'There is no such KPI, team, ticket or rejected event',
  408: 'The request did not arrive whole in time',
  413: 'The body has more than 3 MB',
  422: 'It would be rejected again; the detail names the field, and nothing was sent',
  429: 'Too many wrong tokens came from this address: wait one minute',
  431: 'Address and headers are too long',
  500: 'This server failed; its log says more',
  503: 'A part is away',
  504: 'The query was stopped because it took too long',
  507: 'EVENTS is full; nothing was sent',
};

/** Those that are named, and those that any endpoint may answer. */
function failures(...statuses: (keyof typeof words)[]) {
  const all = [...statuses, 408, 429, 431, 500] as const;
  return Object.fromEntries(all.map((status) => [status, failure(words[status])]));
}

function failure(description: string) {
  return { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
}

const settledResponses = {
  200: answer('Settled', 'The ledger says that it is settled'),
  202: answer('Settled', 'Sent; ingest has not stored it yet'),
  ...failures(400, 401, 403, 404, 413, 422, 503, 504, 507),
};
