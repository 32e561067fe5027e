import { env } from '$env/dynamic/private';
import { parseBearer } from '@deskwire/contracts/access-token';
import { addSecurityHeaders } from '$lib/server/security-headers';
import { clientAddress } from '$lib/server/client-address';
import { compressPage } from '$lib/server/compress-page';
import { openDoors, type Doors } from '$lib/server/doors';
import { signedInByToken } from '$lib/server/identify';
import { NatsAway } from '$lib/server/nats-link';
import { problems } from '$lib/server/problem';
import { refusal, refusals } from '$lib/server/refusal';
import { bearerOf, judgeOrigin } from '$lib/server/request-origin';
import { sessionCookie } from '$lib/server/session-cookie';
import { isTheme } from '$lib/theme';
import type { Handle, HandleServerError, RequestEvent, ServerInit } from '@sveltejs/kit';
import type { Who } from './app';

let opened: Doors | undefined;

/** The only place of this server that builds things; main.ts owns the process and the port. */
export const init: ServerInit = () => {
  const doors = openDoors(env);
  opened = doors;
  process.once('sveltekit:shutdown', () => void doors.close());
};

export const handle: Handle = async ({ event, resolve }) => {
  if (opened === undefined) throw new Error('a request came before init');
  const started = performance.now();
  const doors = opened;
  event.locals.doors = doors;
  const response = await answer(event, resolve, doors);
  const { origins, HUB_PORT: hubPort, secure } = doors.env;
  addSecurityHeaders(response.headers, { origins, hubPort, secure });
  const labels = { route: event.route.id ?? 'none', status: String(response.status) };
  doors.metrics.requests.observe(labels, (performance.now() - started) / 1_000);
  return compressPage(event.request, response);
};

async function answer(event: RequestEvent, resolve: Parameters<Handle>[0]['resolve'], doors: Doors): Promise<Response> {
  const api = event.url.pathname.startsWith('/api/');
  const id = sessionCookie(event.cookies, doors.env.secure).read();
  const { origins } = doors.env;
  if (changes(event.request)) {
    const origin = judgeOrigin(event.request, { origins, hasSession: id !== undefined });
    if (origin === 'no-token' && api) return problems.noToken();
    if (origin !== 'ours') return refusal(event.request, refusals.foreignOrigin(origins));
  }
  const who = await identify(event, doors, id);
  if (who === 'blocked') return refusal(event.request, refusals.tooMany);
  event.locals.who = who;
  const theme = event.cookies.get('theme');
  const response = await resolve(event, {
    transformPageChunk: ({ html }) => html.replace('%theme%', isTheme(theme) ? theme : 'system'),
    preload: ({ type, path }) => type === 'js' || type === 'css' || path.includes('inter-latin-wght'),
  });
  const undescribed = response.headers.get('content-type') !== 'application/problem+json';
  if (!api || !undescribed) return response;
  if (response.status === 400) return problems.brokenAddress();
  if (response.status === 404 || response.status === 405) return problems.notFound();
  if (response.status === 413) return problems.tooLarge();
  return response.status === 500 ? problems.failed(changes(event.request) ? 'unknown' : 'no') : response;
}

const changes = (request: Request) => request.method !== 'GET' && request.method !== 'HEAD';

/** By a bearer token, else by the session with this id. */
async function identify(event: RequestEvent, doors: Doors, id: string | undefined): Promise<Who | 'blocked'> {
  const token = bearerOf(event.request);
  try {
    if (token === undefined) return id === undefined ? { state: 'nobody' } : await doors.identify.bySession(id);
    const address = clientAddress(event);
    if (doors.signInLimit.blocked(address)) return 'blocked';
    const checked = await doors.identify.byBearer(token);
    if (checked.ok) return signedInByToken(checked.token, undefined);
    doors.signInLimit.failed(address);
    doors.metrics.refused.inc();
    if (checked.reason === 'unknown-role') doors.alertUnknownRole({ kind: 'token', id: parseBearer(token)?.id ?? '' });
    return { state: 'refused' };
  } catch (error) {
    if (error instanceof NatsAway) return { state: 'unknown' };
    throw error;
  }
}

export const handleError: HandleServerError = ({ error, event, status }) => {
  if (status === 404)
    return { message: 'There is no such page.', advice: 'Check the address, or go back to the start.' };
  // Nothing else of an address is judged before a page or an endpoint does it.
  if (status === 400)
    return { message: 'There is no such address.', advice: 'A "%" in it is written %25. Go back to the start.' };
  opened?.log.error({ err: error, route: event.route.id }, 'a request failed');
  return {
    message: 'This page failed.',
    advice: 'Nothing was changed. Try again; the log of the web server says more.',
  };
};
