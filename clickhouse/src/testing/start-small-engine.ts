import { startEngine, type StartedEngine } from '../engine/start-engine.ts';

export interface Asked {
  status: number;
  text: string;
  headers: Headers;
}

export type Ask = (
  body: string | Buffer<ArrayBuffer>,
  parameters?: Record<string, string>,
  more?: Record<string, string>,
) => Promise<Asked>;

/** An engine with two sessions for queries, one for a feed and room for two that wait; `ask` speaks HTTP to it. */
export async function startSmallEngine(): Promise<{ engine: StartedEngine; ask: Ask }> {
  const engine = await startEngine({
    env: { ENGINE_QUERY_SESSIONS: '2', ENGINE_INGEST_SESSIONS: '1', ENGINE_QUEUE_MAX: '2' },
  });
  return { engine, ask: askEngine(engine) };
}

/** As a program without any client would; `more` are headers. */
function askEngine(engine: StartedEngine): Ask {
  return async (body, parameters = {}, more = {}) => {
    const search = new URLSearchParams({ database: engine.database, ...parameters });
    const headers = { 'X-ClickHouse-User': engine.user, 'X-ClickHouse-Key': engine.password, ...more };
    const response = await fetch(`${engine.url}/?${search.toString()}`, { method: 'POST', body, headers });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
}
