import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import { EngineException } from './engine-exception.ts';

/** The one login of this engine. */
export interface Login {
  user: string;
  password: string;
}

/**
 * Throws EngineException unless the request carries the login: in X-ClickHouse-User and -Key, as Basic credentials, or in the
 * URL, but in one of these only. Comparison takes the same time whatever was sent.
 */
export function checkCredentials(request: IncomingMessage, url: URL, login: Login): void {
  const { user, password } = readCredentials(request, url);
  const userMatches = sameText(user, login.user);
  const passwordMatches = sameText(password, login.password);
  if (userMatches && passwordMatches) return;
  const message = `${user}: Authentication failed: password is incorrect, or there is no user with such name.`;
  if (password === '') throw new EngineException(194, 'REQUIRED_PASSWORD', message);
  throw new EngineException(516, 'AUTHENTICATION_FAILED', message);
}

function readCredentials(request: IncomingMessage, url: URL): Login {
  const { 'x-clickhouse-user': headerUser, 'x-clickhouse-key': headerKey, authorization } = request.headers;
  const inHeaders = headerUser !== undefined || headerKey !== undefined;
  const inUrl = url.searchParams.has('user') || url.searchParams.has('password');
  if (Number(inHeaders) + Number(inUrl) + Number(authorization !== undefined) > 1) {
    const message = 'Invalid authentication: it is not allowed to use several ways of authentication simultaneously';
    throw new EngineException(516, 'AUTHENTICATION_FAILED', message);
  }
  if (inHeaders) return { user: String(headerUser ?? 'default'), password: String(headerKey ?? '') };
  if (authorization !== undefined) return readBasic(authorization);
  return { user: url.searchParams.get('user') ?? 'default', password: url.searchParams.get('password') ?? '' };
}

function readBasic(authorization: string): Login {
  const [scheme, encoded] = authorization.split(' ', 2);
  if (scheme?.toLowerCase() !== 'basic' || encoded === undefined) {
    const message = 'Invalid authentication: only Basic HTTP authentication is supported';
    throw new EngineException(516, 'AUTHENTICATION_FAILED', message);
  }
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? { user: text, password: '' } : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

// Digests have one length, so the comparison tells nothing of the secret's.
function sameText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
