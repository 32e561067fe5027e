import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { checkCredentials, type Login } from './credentials.ts';
import { EngineException, engineException } from './engine-exception.ts';
import type { EngineMetrics } from './engine-metrics.ts';
import { type RunnerParts, runStatement } from './statement-runner.ts';
import { readWireRequest, type WireRequest } from './wire-request.ts';
import { sendException } from './wire-response.ts';

/** The server's keep-alive; clients must drop idle sockets earlier (@clickhouse/client: 2.5 s). */
const keepAliveMs = 10_000;

/** Statement and parameters may travel in the URL: the server's http_max_uri_size is 1 MiB. */
const headerBytesMax = 1024 * 1024 + 64 * 1024;

/** For what a sender still sends when it is refused. */
const lingerMs = 2_000;

// Completes the path of a request; never resolved.
const origin = 'http://engine';

/** ClickHouse's HTTP interface: `/`, `/ping`, and beside it `/metrics`, `/healthz` and `/readyz` without credentials. Not listening yet. */
export function createHttpDoor(options: {
  parts: RunnerParts;
  login: Login;
  metrics: EngineMetrics;
  isStopping: () => boolean;
  probe: () => Promise<void>;
}): Server {
  const { parts, metrics } = options;
  const server = createServer(
    { keepAlive: true, keepAliveTimeout: keepAliveMs, maxHeaderSize: headerBytesMax, requestTimeout: 0 },
    (request, response) => {
      const begunNs = parts.clockNs();
      response.once('close', () => metrics.answered(response.statusCode, Number(parts.clockNs() - begunNs) / 1e9));
      // Only a broken socket gets here: there is nobody left to tell.
      answer(request, response).catch(() => response.destroy());
    },
  );
  return server;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? '/';
    if (!URL.canParse(target, origin)) {
      sendText(response, 400, 'Bad request\n');
      return;
    }
    const url = new URL(target, origin);
    if (url.pathname === '/') await answerStatement(request, response, url);
    else sendText(response, ...(await answerPath(url.pathname)));
  }

  async function answerPath(path: string): Promise<[status: number, text: string]> {
    switch (path) {
      case '/ping':
      case '/replicas_status':
        return [200, 'Ok.\n'];
      case '/healthz':
        return [200, 'ok\n'];
      case '/readyz':
        return (await isReady()) ? [200, 'ready\n'] : [503, 'not ready\n'];
      case '/metrics':
        return [200, metrics.text(gauges())];
      default:
        return [404, `There is no handle ${path}\n\nUse / or /ping for health checks.\n`];
    }
  }

  async function answerStatement(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const isGreeting = (request.method === 'GET' || request.method === 'HEAD') && !url.searchParams.has('query');
    if (isGreeting) {
      sendText(response, 200, 'Ok.\n');
      return;
    }
    let wire: WireRequest | null = null;
    try {
      checkCredentials(request, url, options.login);
      if (options.isStopping()) throw new EngineException(236, 'ABORTED', 'Server is shutting down');
      wire = readWireRequest(request, url);
      await runStatement(parts, wire, request, response);
    } catch (cause) {
      if (!request.complete) {
        // What is left of the body must not be taken for the next request; who still sends hears of nothing else before.
        response.setHeader('Connection', 'close');
        await drained(request);
      }
      sendException(response, wire, parts.identity, engineException(cause));
    }
  }

  async function isReady(): Promise<boolean> {
    if (options.isStopping()) return false;
    return options.probe().then(
      () => true,
      () => false,
    );
  }

  function gauges(): Record<string, number> {
    return {
      statements_running: parts.running.count(),
      query_sessions_busy: parts.pool.busy('query'),
      query_statements_waiting: parts.pool.waiting('query'),
      ingest_sessions_busy: parts.pool.busy('ingest'),
      ingest_statements_waiting: parts.pool.waiting('ingest'),
      spool_bytes: parts.spool.usedBytes(),
      resident_bytes: process.memoryUsage.rss(),
    };
  }
}

/** Resolves when the rest of a body has come, or its sender is gone, or has taken too long. */
function drained(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, lingerMs);
    function done(): void {
      clearTimeout(timer);
      resolve();
    }
    request.once('end', done).once('close', done).resume();
  });
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}
