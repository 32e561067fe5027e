/** What a request brought as a bearer token, also when it is none; undefined when it brought another scheme, for a proxy, or nothing. */
export function bearerOf(request: Request): string | undefined {
  const [scheme = '', token = ''] = (request.headers.get('authorization') ?? '').trim().split(/ +/, 2);
  return scheme.toLowerCase() === 'bearer' ? token : undefined;
}

/**
 * Whether a request that changes something may be looked at. Browsers send Origin with each of those, so without one only a program
 * with a bearer token passes; `no-token`: a program that forgot it, since it brought no cookie of a session either.
 */
export function judgeOrigin(
  request: Request,
  { origins, hasSession }: { origins: string[]; hasSession: boolean },
): 'ours' | 'foreign' | 'no-token' {
  const origin = request.headers.get('origin');
  if (origin !== null) return origins.includes(origin) ? 'ours' : 'foreign';
  if (bearerOf(request) !== undefined) return 'ours';
  return hasSession ? 'foreign' : 'no-token';
}
