import { flowReport } from '@deskwire/contracts/flow';
import { readiness } from '@deskwire/contracts/health';
import { problem } from '@deskwire/contracts/problem';
import { hubTokenAnswer } from '@deskwire/contracts/session';
import { z } from 'zod';

/** OpenAPI 3.1 of the endpoints that exist, from the schemas that check them. */
export function describeApi() {
  const schemas = { FlowReport: flowReport, Readiness: readiness, HubToken: hubTokenAnswer, Problem: problem };
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
      '/api/v1/hub-token': {
        get: {
          operationId: 'readHubToken',
          summary: 'A pass with which a signed-in page opens a socket to the hub; good for one minute',
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
function toSchema(schema: z.ZodType): unknown {
  return { ...z.toJSONSchema(schema, { io: 'output' }), $schema: undefined };
}

function answer(name: string, description: string) {
  return { description, content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } } };
}

function failures(...statuses: (401 | 403 | 503)[]) {
  const words = {
    401: 'No token, or one that is not valid',
    403: 'The role does not allow this',
    503: 'A part is away',
  };
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(statuses.map((status) => [status, { description: words[status], content }]));
}
