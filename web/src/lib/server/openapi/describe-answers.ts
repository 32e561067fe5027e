/** JSON that an endpoint answers, by the name of its schema. */
export function answer(name: string, description: string) {
  return { description, content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } } };
}

/** JSON that it takes. */
export function body(name: string) {
  return { required: true, content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } } };
}

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
export function failures(...statuses: (keyof typeof words)[]) {
  const all = [...statuses, 408, 429, 431, 500] as const;
  return Object.fromEntries(all.map((status) => [status, failure(words[status])]));
}

/** A problem document. */
export function failure(description: string) {
  return { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
}
