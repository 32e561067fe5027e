/** The address that a link of ours begins with: the one that the request came to when it is one of ours, else the first. */
export function ownOrigin(request: Request, origins: string[]): string {
  const origin = request.headers.get('origin');
  return origin !== null && origins.includes(origin) ? origin : (origins[0] ?? '');
}
