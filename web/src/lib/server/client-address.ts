import type { RequestEvent } from '@sveltejs/kit';

/**
 * The address that failed sign-ins are counted by. Where a proxy names it in a header (`ADDRESS_HEADER`), who comes without that header
 * has not come through the proxy: they are counted by the address of their socket. The adapter throws for them.
 */
export function clientAddress({
  getClientAddress,
  platform,
}: Pick<RequestEvent, 'getClientAddress' | 'platform'>): string {
  try {
    return getClientAddress();
  } catch {
    return platform?.req.socket.remoteAddress ?? ''; // Nobody's: the socket is closed already.
  }
}
