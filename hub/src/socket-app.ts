import type { Closing } from '@deskwire/contracts/hub-protocol';
import { STATUS_CODES } from 'node:http';
import { createServer } from 'node:net';
import uws, {
  type HttpRequest,
  type HttpResponse,
  type us_listen_socket,
  type WebSocket,
  type WebSocketBehavior,
} from 'uWebSockets.js';

/** Bytes that one socket may leave unread before it is closed; kernel buffers are not counted. */
const backpressureMax = 1024 * 1024;

/**
 * uWebSockets.js takes TLS 1.2 too and cannot be told not to: this list needs a shared secret that nobody has, so that no such handshake
 * succeeds. TLS 1.3 has ciphers of its own.
 */
const noneBelowTls13 = 'ECDHE-PSK-CHACHA20-POLY1305';

export interface HttpAnswer {
  status: number;
  type: string;
  body: string;
}

export interface SocketApp {
  /** What `io.attachApp` needs of an app, and no more. */
  app: unknown;
  /** Bytes waiting for the client behind an engine.io transport; 0 when it is gone. */
  bufferedBytes: (transport: object) => number;
  /** A topic of ours never meets one of Socket.IO, whose names contain a control character. */
  join: (transport: object, topic: string) => void;
  leave: (transport: object, topic: string) => void;
  /** Sends a text to all who joined the topic. */
  publish: (topic: string, text: string) => void;
  /** Closes the connection behind a transport, after what it has not read yet. */
  end: (transport: object, closing: Closing) => void;
  /** `answer`: to whatever comes over HTTP and is not Socket.IO's, by path. */
  listen: (host: string, port: number, answer: (path: string) => Promise<HttpAnswer>) => Promise<number>;
  /** Takes no new connection; `io.close()` alone leaves the port open. */
  stopListening: () => void;
}

/**
 * A uWebSockets.js server for Socket.IO, with what `attachApp` cannot pass on: a socket whose backlog passes the limit is
 * closed instead of silently losing messages, without a code (decision 28). `onDropped` counts the messages lost that way.
 */
export function createSocketApp({
  tls,
  onDropped,
}: {
  tls: { certFile: string; keyFile: string } | undefined;
  onDropped: () => void;
}): SocketApp {
  const app =
    tls === undefined
      ? uws.App()
      : uws.SSLApp({ cert_file_name: tls.certFile, key_file_name: tls.keyFile, ssl_ciphers: noneBelowTls13 });
  const open = new WeakMap<object, WebSocket<EngineData>>();
  let listening: us_listen_socket | undefined;

  const guarded = {
    any: (path: string, handler: (response: HttpResponse, request: HttpRequest) => void) => {
      app.any(path, handler);
      return guarded;
    },
    ws: (path: string, behaviour: WebSocketBehavior<EngineData>) => {
      app.ws(path, {
        ...behaviour,
        maxBackpressure: backpressureMax,
        closeOnBackpressureLimit: 1,
        open: (socket) => {
          open.set(socket.getUserData().transport, socket);
          return behaviour.open?.(socket);
        },
        close: (socket, code, message) => {
          open.delete(socket.getUserData().transport);
          behaviour.close?.(socket, code, message);
        },
        dropped: onDropped,
      });
      return guarded;
    },
    publish: (topic: string, message: string | ArrayBuffer, isBinary: boolean) => app.publish(topic, message, isBinary),
  };

  return {
    app: guarded,
    bufferedBytes: (transport) => open.get(transport)?.getBufferedAmount() ?? 0,
    join: (transport, topic) => void open.get(transport)?.subscribe(topic),
    leave: (transport, topic) => void open.get(transport)?.unsubscribe(topic),
    publish: (topic, text) => void app.publish(topic, text, false),
    end: (transport, { code, reason }) => open.get(transport)?.end(code, reason),
    listen: async (host, port, answer) => {
      app.any('/*', (response, request) => void respond(response, answer(request.getUrl())));
      await checkFree(host, port);
      const socket = await new Promise<us_listen_socket>((resolve, reject) => {
        app.listen(host, port, (opened) => {
          if (opened === false) reject(new Error(`cannot listen on ${host}:${port}: is HUB_PORT taken?`));
          else resolve(opened);
        });
      });
      listening = socket;
      return uws.us_socket_local_port(socket);
    },
    stopListening: () => {
      if (listening !== undefined) uws.us_listen_socket_close(listening);
      listening = undefined;
    },
  };
}

async function respond(response: HttpResponse, answer: Promise<HttpAnswer>): Promise<void> {
  const client = { gone: false };
  // A response of one who has left must not be touched.
  response.onAborted(() => (client.gone = true));
  const { status, type, body } = await answer;
  if (client.gone) return;
  response.cork(() => {
    response
      .writeStatus(`${status} ${STATUS_CODES[status] ?? ''}`)
      .writeHeader('content-type', type)
      .end(body);
  });
}

/** uWebSockets.js shares a port with whoever else shares it: two hubs would each get half of the clients. Node does not. */
async function checkFree(host: string, port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (cause) =>
      reject(new Error(`cannot listen on ${host}:${port}: is HUB_PORT taken?`, { cause })),
    );
    probe.listen(port, host, resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}

interface EngineData {
  transport: object;
}
