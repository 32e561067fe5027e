/** Pages as gzip, for whoever takes it: a page with its figures is four times as long without. What is built has its compressed files already. */
export function compressPage(request: Request, response: Response): Response {
  const isPage = response.headers.get('content-type')?.startsWith('text/html') === true;
  // Not what answers a form: it may hold a link that is shown once, and the length of a compressed answer tells of its secrets.
  if (!isPage || request.method !== 'GET' || response.body === null) return response;
  const headers = new Headers(response.headers);
  headers.append('vary', 'accept-encoding');
  const { status, statusText } = response;
  if (!takesGzip(request)) return new Response(response.body, { status, statusText, headers });
  headers.set('content-encoding', 'gzip');
  headers.delete('content-length');
  const body = response.body.pipeThrough(new CompressionStream('gzip'));
  return new Response(body, { status, statusText, headers });
}

const takesGzip = (request: Request) =>
  (request.headers.get('accept-encoding') ?? '')
    .split(',')
    .some((each) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(each));
