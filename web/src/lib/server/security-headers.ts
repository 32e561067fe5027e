/** Headers of every answer. The hub's origins join the policy here, because only the running server knows them. */
export function addSecurityHeaders(
  headers: Headers,
  { origins, hubPort, secure }: { origins: string[]; hubPort: number; secure: boolean },
): void {
  const policy = headers.get('content-security-policy');
  if (policy !== null) {
    headers.set(
      'content-security-policy',
      policy.replace("connect-src 'self'", `connect-src 'self' ${hubOrigins(origins, hubPort).join(' ')}`),
    );
  }
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'strict-origin-when-cross-origin');
  headers.set('x-frame-options', 'DENY');
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=()');
  if (secure) headers.set('strict-transport-security', 'max-age=31536000');
}

/** The hub stands beside the web server: same host and scheme, its own port. */
function hubOrigins(origins: string[], hubPort: number): string[] {
  return origins.map((origin) => {
    const url = new URL(origin);
    return `${url.protocol === 'https:' ? 'wss' : 'ws'}://${url.hostname}:${hubPort}`;
  });
}
