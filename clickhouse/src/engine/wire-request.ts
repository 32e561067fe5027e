import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import { EngineException } from './engine-exception.ts';

/** One request to run something, as ClickHouse's HTTP interface spells it. */
export interface WireRequest {
  queryId: string;
  /** Statement from the URL; the body is then its data, or else the body is the statement. */
  query: string;
  database: string;
  format: string;
  settings: Map<string, string>;
  /** max_query_size: kept at the door, because parameters reach the engine inside a statement and it would count them too. */
  maxQueryBytes: number;
  params: Map<string, string>;
  /** Hold the answer back until the statement has ended, so that its status is final. */
  waitEnd: boolean;
  /** Only POST may write. */
  readonly: boolean;
  encoding: 'gzip' | 'deflate' | 'br' | null;
}

// Parameters of the HTTP interface itself; everything else in the URL is a setting.
const transport = new Set(
  'query query_id database default_format user password quota_key role session_id session_timeout session_check close_session compress decompress buffer_size wait_end_of_query stacktrace client_protocol_version'.split(
    ' ',
  ),
);

/** Reads URL and headers. Throws EngineException for what the server would refuse too. */
export function readWireRequest(request: IncomingMessage, url: URL): WireRequest {
  const settings = new Map<string, string>();
  const params = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (transport.has(name) || name === '' || name === 'max_query_size') continue;
    if (name.startsWith('param_')) addParam(params, name, value);
    else if (/^[A-Za-z_][A-Za-z0-9_.]*$/.test(name)) settings.set(name, value);
    else throw new EngineException(115, 'UNKNOWN_SETTING', `Unknown setting '${name.slice(0, 64)}'`);
  }
  const wanted = (name: string) => url.searchParams.get(name);
  if (isOn(wanted('compress')) || isOn(wanted('decompress'))) {
    const message = "compress and decompress (the native protocol's blocks) are not supported; use HTTP compression";
    throw new EngineException(48, 'NOT_IMPLEMENTED', message);
  }
  const format = header(request, 'x-clickhouse-format') ?? wanted('default_format') ?? 'TabSeparated';
  // It becomes part of the statement's text.
  if (!/^\w+$/.test(format)) throw new EngineException(73, 'UNKNOWN_FORMAT', `Unknown format ${format.slice(0, 64)}`);
  // As the server: it goes into logs and headers.
  const queryId = (wanted('query_id') ?? '').replace(/\p{Cc}/gu, '');
  return {
    queryId: queryId === '' ? randomUUID() : queryId,
    query: wanted('query') ?? '',
    database: header(request, 'x-clickhouse-database') ?? wanted('database') ?? 'default',
    format,
    settings,
    maxQueryBytes: Number(wanted('max_query_size') ?? 0),
    params,
    waitEnd: isOn(wanted('wait_end_of_query')),
    readonly: request.method !== 'POST',
    encoding: isOff(settings.get('enable_http_compression')) ? null : acceptedEncoding(request),
  };
}

/** Adds `param_name=value`; throws EngineException for a name that no placeholder can have. */
export function addParam(params: Map<string, string>, key: string, value: string): void {
  const name = key.slice('param_'.length);
  if (!/^\w+$/.test(name)) {
    throw new EngineException(
      408,
      'BAD_REQUEST_PARAMETER',
      `Query parameter name '${name.slice(0, 64)}' is not an identifier`,
    );
  }
  params.set(name, value);
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isOn(value: string | null): boolean {
  return value !== null && !isOff(value) && value !== '';
}

function isOff(value: string | undefined): boolean {
  return value === '0' || value === 'false';
}

// In the server's order of preference, as far as Node 20 speaks them.
function acceptedEncoding(request: IncomingMessage): WireRequest['encoding'] {
  const accepted = (header(request, 'accept-encoding') ?? '').split(',').map((part) => part.split(';')[0]?.trim());
  return (['br', 'gzip', 'deflate'] as const).find((encoding) => accepted.includes(encoding)) ?? null;
}
