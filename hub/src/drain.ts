/** Longest time that a stop may take to send everybody elsewhere. */
const drainMsMax = 2_000;
/** Room for each client to come back before the next one does. */
const perSocketMs = 5;

/**
 * Closes connections spread at random over a while that grows with their number, so that the clients do not all come back
 * in the same instant. Closing the transport, not the session, makes socket.io-client reconnect by itself.
 */
export async function drain<Socket>(
  sockets: readonly Socket[],
  {
    close,
    random,
    sleep,
  }: { close: (socket: Socket) => void; random: () => number; sleep: (ms: number) => Promise<unknown> },
): Promise<void> {
  const windowMs = Math.min(drainMsMax, sockets.length * perSocketMs);
  await Promise.all(
    sockets.map(async (socket) => {
      await sleep(random() * windowMs);
      close(socket);
    }),
  );
}
