import type { IncomingHttpHeaders } from 'node:http';

/**
 * The address that limits count, by ADDRESS_HEADER and XFF_DEPTH as the web server reads them: of `x-forwarded-for` the `depth`th from
 * its end, which is what the outermost of as many proxies has seen. A connection without that header came past the proxy, and is its peer.
 */
export function createClientAddress({ header, depth }: { header: string | undefined; depth: number }) {
  const name = header?.toLowerCase();
  return (headers: IncomingHttpHeaders, peer: string): string => {
    const value = name === undefined ? undefined : headers[name];
    if (typeof value !== 'string') return peer;
    const address = name === 'x-forwarded-for' ? value.split(',').at(-depth) : value;
    return address?.trim() || peer;
  };
}
