import type { StartedEngine } from './start-engine.ts';

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

/** Asks a started engine over HTTP, as a program without any client would; `more` are headers. */
export function askEngine(engine: StartedEngine): Ask {
  return async (body, parameters = {}, more = {}) => {
    const search = new URLSearchParams({ database: engine.database, ...parameters });
    const headers = { 'X-ClickHouse-User': engine.user, 'X-ClickHouse-Key': engine.password, ...more };
    const response = await fetch(`${engine.url}/?${search.toString()}`, { method: 'POST', body, headers });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
}
