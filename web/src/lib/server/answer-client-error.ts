import type { Duplex } from 'node:stream';
import type { Problem } from '@deskwire/contracts/problem';

/** Room for 10,000 values of a filter, which are then refused in words; Node's own 16 KiB would not hold 1,000. */
export const headerBytesMax = 512 * 1024;

/** So long what the client still sends is read: to close at once would reset the connection, and the answer would be lost. */
const lingerMs = 1_000;

/** Answers a request that Node could not read with a problem document: for 'clientError' of an http server. */
export function answerClientError(error: Error, socket: Duplex): void {
  const code = 'code' in error ? error.code : undefined;
  // Each further piece of the same request is an error again.
  if (socket.writableEnded) return;
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, title, detail } = problemOf(code);
  const problem: Problem = { type: 'about:blank', title, status, detail };
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), lingerMs).unref();
}

function problemOf(code: unknown): Omit<Problem, 'type'> {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        title: 'Request Header Fields Too Large',
        detail: `Address and headers are longer than ${headerBytesMax / 1024} KiB. Ask for fewer values of a filter, or for all of them with by=.`,
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        status: 408,
        title: 'Request Timeout',
        detail: 'The request did not arrive whole in time; send it again.',
      };
    default:
      return {
        status: 400,
        title: 'Bad Request',
        detail: 'This is not a request of HTTP/1.1; correct it and send it again.',
      };
  }
}
