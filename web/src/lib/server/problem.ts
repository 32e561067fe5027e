import { kpiFiguresMax } from '@deskwire/contracts/kpi-request';
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
  failed: (hasChanged: 'no' | 'unknown') =>
    problemResponse(
      500,
      'This request failed',
      `${hasChanged === 'no' ? 'Nothing was changed' : 'It is not known whether anything was changed'}. The log of the web server says more.`,
    ),
  tooLarge: () =>
    problemResponse(413, 'The request is too large', 'A body may have 3 MB. Nothing was changed; send less.'),
  notFound: () => problemResponse(404, 'Not found', 'There is no such endpoint: see /api/v1/openapi.json.'),
  brokenAddress: () =>
    problemResponse(400, 'The address cannot be read', 'A "%" in it stands before no two hex digits: write it as %25.'),
  badRequest: (detail: string) => problemResponse(400, 'The request is not valid', detail),
  tooManyFigures: () =>
    problemResponse(
      400,
      'The answer would be too long',
      `It would have more than ${kpiFiguresMax.toLocaleString('en')} figures: one for each KPI, bucket and group. Ask for a shorter range, a coarser grain, fewer KPIs, or fewer groups with a filter.`,
    ),
  otherTeam: (teams: readonly string[]) =>
    problemResponse(
      403,
      'Another scope is needed',
      `This token leads ${teams.join(', ')}: ask for ${teams.map((team) => `scope=team:${team}`).join(' or ')}.`,
    ),
  unknownTeam: (team: string, known: readonly string[]) =>
    problemResponse(
      404,
      'No such team',
      `No ticket was ever in team "${team}". Known: ${known.slice(0, 20).join(', ') || 'none yet'}${known.length > 20 ? `, and ${known.length - 20} more` : ''}.`,
    ),
  unknownKpi: (name: string, known: readonly string[]) =>
    problemResponse(404, 'No such KPI', `There is no KPI "${name}"; there are ${known.join(', ')}.`),
  unknownTicket: (id: string) =>
    problemResponse(
      404,
      'No such ticket',
      `No ticket "${id}" is known. Its desk id is <source>~<id>, e.g. zendesk~42.`,
    ),
  unknownRejected: (name: string) =>
    problemResponse(
      404,
      'No such rejected event',
      `No event was rejected at "${name.slice(0, 100)}". GET /api/v1/rejected lists those that were.`,
    ),
  unknownSource: (source: string) =>
    problemResponse(404, 'No such source', `Nothing ever came from "${source}". GET /api/v1/flow lists the sources.`),
  reasonNeeded: () =>
    problemResponse(
      403,
      'A reason is needed',
      'Administrators read tickets with ?reason=<why>, which is written to the audit log.',
    ),
  tooSlow: () =>
    problemResponse(
      504,
      'The query took too long',
      'It was stopped after 2 s, or 10 s for more than 40 days: the machine is busy. Ask for a shorter range, fewer KPIs or fewer filters.',
    ),
  busy: () =>
    problemResponse(
      503,
      'Too many questions wait',
      'Questions about more than 40 days are answered one after the other, and 50 wait already or no turn came within 10 s. Try again in a few seconds, or ask for a shorter range.',
      { 'retry-after': '5' },
    ),
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
      'The figures cannot be read at the moment. Nothing is lost: try again in a few seconds.',
      {
        'retry-after': '5',
      },
    ),
} as const;
