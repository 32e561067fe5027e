import type { Problem } from '@deskwire/contracts/problem';

/** An error of the API: RFC 9457. `detail` says what happened and what to do. */
export function problemResponse(
  status: number,
  title: string,
  detail: string,
  headers: Record<string, string> = {},
): Response {
  const body: Problem = { type: 'about:blank', title, status, detail };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  });
}

export const problems = {
  noToken: () =>
    problemResponse(
      401,
      'A token is needed',
      'Send "Authorization: Bearer <token>"; make one with npm run token -- add.',
      {
        'www-authenticate': 'Bearer realm="deskwire"',
      },
    ),
  badToken: () =>
    problemResponse(
      401,
      'The token is not valid',
      'It was mistyped or revoked; make a new one with npm run token -- add.',
      {
        'www-authenticate': 'Bearer realm="deskwire", error="invalid_token"',
      },
    ),
  forbidden: (role: string, needed: readonly string[]) =>
    problemResponse(
      403,
      'The role does not allow this',
      `This needs the role ${needed.join(' or ')}; the token has ${role}.`,
    ),
  foreignOrigin: () =>
    problemResponse(403, 'Foreign origin', 'Changes are accepted from the addresses in PUBLIC_URL only.'),
  tooMany: () =>
    problemResponse(429, 'Too many failed sign-ins', 'Wait one minute, then try again with a valid token.', {
      'retry-after': '60',
    }),
  notFound: () => problemResponse(404, 'Not found', 'There is no such endpoint: see /api/v1/openapi.json.'),
  natsAway: () =>
    problemResponse(
      503,
      'NATS does not answer',
      'The token cannot be checked. Try again in a few seconds; see /readyz.',
      {
        'retry-after': '5',
      },
    ),
  clickHouseAway: () =>
    problemResponse(
      503,
      'ClickHouse does not answer',
      'The figures cannot be read. Try again in a few seconds; see /readyz.',
      {
        'retry-after': '5',
      },
    ),
} as const;
