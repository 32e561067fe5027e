import { demoAnswer } from '@deskwire/contracts/demo';
import { integrationEvent } from '@deskwire/contracts/event';
import { flowReport } from '@deskwire/contracts/flow';
import { readiness } from '@deskwire/contracts/health';
import { kpiAnswers, kpiReceipt, kpiSeries } from '@deskwire/contracts/kpi';
import { problem } from '@deskwire/contracts/problem';
import { dismissRequest, rejectedDetail, rejectedPage, settleAnswer } from '@deskwire/contracts/rejected';
import { retireAnswer, retireRequest } from '@deskwire/contracts/retirement';
import { hubTokenAnswer } from '@deskwire/contracts/session';
import { ticketAnswer, ticketRequest } from '@deskwire/contracts/ticket-answer';
import { z } from 'zod';
import { answer, failure, failures } from './describe-answers';
import { inPath, parametersOf, toSchema } from './describe-parameters';
import { flowPaths } from './flow-paths';
import { kpiPaths } from './kpi-paths';
import { rejectedPaths } from './rejected-paths';

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
      ...flowPaths(),
      ...kpiPaths(),
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
      ...rejectedPaths(),
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
