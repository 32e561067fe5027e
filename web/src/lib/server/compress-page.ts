import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const [toBrotli, toGzip] = [promisify(brotliCompress), promisify(gzip)];

/** What is sent for what a client takes, made beside the event loop. */
const compressors = {
  // More than this costs more of the server's time than it saves of the network's.
  br: (page: ArrayBuffer) => toBrotli(page, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (page: ArrayBuffer) => toGzip(page),
} as const;
type Coding = keyof typeof compressors;

/** Pages as Brotli or gzip, for whoever takes it: a page with its figures is eleven times as long without. What is built has its compressed files already. */
export async function compressPage(request: Request, response: Response): Promise<Response> {
  const isPage = response.headers.get('content-type')?.startsWith('text/html') === true;
  // Not what answers a form: it may hold a link that is shown once, and the length of a compressed answer tells of its secrets.
  if (!isPage || request.method !== 'GET' || response.body === null) return response;
  const headers = new Headers(response.headers);
  headers.append('vary', 'accept-encoding');
  const { status, statusText } = response;
  const coding = (['br', 'gzip'] as const).find((each) => takes(request, each));
  if (coding === undefined) return new Response(response.body, { status, statusText, headers });
  headers.set('content-encoding', coding);
  const body = new Uint8Array(await compressors[coding](await response.arrayBuffer()));
  headers.set('content-length', String(body.length));
  return new Response(body, { status, statusText, headers });
}

const takes = (request: Request, coding: Coding) =>
  (request.headers.get('accept-encoding') ?? '')
    .split(',')
    .some((each) => new RegExp(`^\\s*${coding}\\s*(;\\s*q=(?!0(\\.0*)?\\s*$).*)?$`, 'i').test(each));
