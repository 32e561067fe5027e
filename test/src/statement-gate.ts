import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * At one moment of the first statement that has this text: before ClickHouse has it, or when it is done and nobody knows. In both whoever
 * asked hears nothing more. `meanwhile`: before, and it is answered afterwards.
 */
export interface Trap {
  text: string;
  moment: 'before' | 'after' | 'meanwhile';
  strike: () => Promise<void>;
}

export interface StatementGate {
  url: string;
  /** Resolves when it has sprung. */
  arm: (trap: Trap) => Promise<void>;
  close: () => void;
}

/** A transparent way to ClickHouse on which something can happen at a chosen moment of a statement. */
export async function createStatementGate(engineUrl: string): Promise<StatementGate> {
  const engine = new URL(engineUrl);
  let armed: (Trap & { sprung: () => void }) | undefined;

  /** Whether the trap waited for this moment. */
  async function strikes(moment: Trap['moment'], text: string): Promise<boolean> {
    if (armed?.moment !== moment || !text.includes(armed.text)) return false;
    const { strike, sprung } = armed;
    armed = undefined;
    await strike();
    sprung();
    return true;
  }

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await bodyOf(request);
    const query = new URL(request.url ?? '/', engine).searchParams.get('query') ?? '';
    const text = `${query} ${sent.toString('latin1')}`;
    if (await strikes('before', text)) {
      response.destroy();
      return;
    }
    await strikes('meanwhile', text);
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== 'host'));
    const upstream = httpRequest(
      {
        ...{ host: engine.hostname, port: engine.port, agent: false },
        ...{ method: request.method ?? 'GET', path: request.url ?? '/', headers },
      },
      (answer) => {
        const passOn = async () => {
          const body = await bodyOf(answer);
          if (await strikes('after', text)) response.destroy();
          else response.writeHead(answer.statusCode ?? 502, answer.headers).end(body);
        };
        passOn().catch(() => response.destroy());
      },
    );
    upstream.on('error', () => response.destroy());
    upstream.end(sent);
  }

  const server = createServer({ maxHeaderSize: 2 ** 20, requestTimeout: 0 }, (request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    arm: (trap) => new Promise((sprung) => (armed = { ...trap, sprung })),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function bodyOf(message: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    message.on('data', (part: Buffer) => parts.push(part));
    message.on('end', () => resolve(Buffer.concat(parts)));
    message.on('error', reject);
  });
}
