import { json } from '@sveltejs/kit';
import { problemResponse } from './problem';

export interface Refusal {
  status: number;
  title: string;
  detail: string;
  headers?: Record<string, string>;
}

/** A request that is refused before any page or endpoint sees it, in a form that whoever sent it can show. */
export function refusal(request: Request, { status, title, detail, headers = {} }: Refusal): Response {
  const { pathname } = new URL(request.url);
  const own = { 'cache-control': 'no-store', ...headers };
  // A page with script sends its forms so, and reads nothing else.
  if (request.headers.has('x-sveltekit-action'))
    return json({ type: 'error', error: { message: title, advice: detail } }, { status, headers: own });
  const isPage = request.headers.get('accept')?.includes('text/html') === true && !pathname.startsWith('/api/');
  if (!isPage) return problemResponse(status, title, detail, headers);
  return new Response(page(title, detail), {
    status,
    headers: { ...own, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'" },
  });
}

export const refusals = {
  foreignOrigin: (origins: string[]): Refusal => ({
    status: 403,
    title: 'Foreign origin',
    detail: `Nothing was changed: that is accepted from ${origins.join(' or ')} only. Open Deskwire there, or name its address in PUBLIC_URL.`,
  }),
  tooMany: {
    status: 429,
    title: 'Too many failed sign-ins',
    detail: 'Wait one minute, then try again with a valid token.',
    headers: { 'retry-after': '60' },
  },
} as const;

/** Both texts are our own. */
const page = (title: string, detail: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title} - Deskwire</title><h1>${title}</h1><p>${detail}</p></html>`;
