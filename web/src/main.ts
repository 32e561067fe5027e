import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { runService } from '@deskwire/runtime/service';
import { answerClientError, headerBytesMax } from './lib/server/answer-client-error.ts';
import { readWebEnv } from './lib/server/env.ts';

const drainMs = 2_000;

/** The web server as a process: the built app behind http, or https when certificates are given. */
void runService('web', async ({ log, onStop }) => {
  const env = readWebEnv(process.env);
  // A mended event may have 1 MiB, and comes as a form. Read by the built handler when it is imported.
  process.env['BODY_SIZE_LIMIT'] ??= '3M';
  // Built, so there is nothing to import statically; its hooks open NATS and ClickHouse.
  const { handler }: { handler: RequestListener } = await import(new URL('../build/handler.js', import.meta.url).href);
  // @ts-expect-error the types of Node know no events of others; adapter-node's own server emits it in the same way
  onStop(() => process.emit('sveltekit:shutdown', 'SIGTERM'));

  const limits = { maxHeaderSize: headerBytesMax };
  const server: Server =
    env.tls === undefined
      ? createHttpServer(limits, handler)
      : createHttpsServer(
          {
            ...limits,
            cert: readFileSync(env.tls.certFile),
            key: readFileSync(env.tls.keyFile),
            minVersion: 'TLSv1.3',
          },
          handler,
        );
  server.on('clientError', answerClientError);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(env.WEB_PORT, env.BIND_HOST, resolve);
  });
  onStop(() => stop(server));
  log.info({ port: env.WEB_PORT, host: env.BIND_HOST, tls: env.tls !== undefined }, 'web listens');
});

async function stop(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(cut);
}
