import { answer, body, failure, failures } from './describe-answers';

/** The data flow, and what is done to its sources. */
export const flowPaths = () => ({
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
});
