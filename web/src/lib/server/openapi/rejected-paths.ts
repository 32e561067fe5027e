import { rejectedName, rejectedRequest } from '@deskwire/contracts/rejected';
import { answer, body, failures } from './describe-answers';
import { inPath, parametersOf } from './describe-parameters';

/** What was rejected, and what becomes of it. */
export const rejectedPaths = () => ({
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
      responses: settledResponses(),
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
      responses: settledResponses(),
    },
  },
});

const settledResponses = () => ({
  200: answer('Settled', 'The ledger says that it is settled'),
  202: answer('Settled', 'Sent; ingest has not stored it yet'),
  ...failures(400, 401, 403, 404, 413, 422, 503, 504, 507),
});
