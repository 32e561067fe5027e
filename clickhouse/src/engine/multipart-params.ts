import { readFileSync } from 'node:fs';

import { EngineException } from './engine-exception.ts';
import type { RequestBody } from './request-body.ts';
import { addParam, type WireRequest } from './wire-request.ts';

/**
 * A form carries what would be too long for a URL (`use_multipart_params` of @clickhouse/client): `query` and `param_*`.
 * Adds them to the request. Throws EngineException; external tables are not supported.
 */
export function readMultipart(wire: WireRequest, body: RequestBody, contentType: string): void {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw new EngineException(36, 'BAD_ARGUMENTS', 'multipart/form-data has no boundary');
  const text = (body.file === null ? body.head : readFileSync(body.file)).toString('utf8');
  // Before the first boundary stands nothing, behind the last one "--".
  for (const part of `\r\n${text}`.split(`\r\n--${boundary}`).slice(1, -1)) {
    const blank = part.indexOf('\r\n\r\n');
    const headers = part.slice(0, blank);
    const name = /name="([^"]*)"/.exec(headers)?.[1] ?? '';
    if (blank < 0 || headers.includes('filename=')) {
      throw new EngineException(48, 'NOT_IMPLEMENTED', 'External tables in a form are not supported');
    }
    const value = part.slice(blank + 4);
    if (name === 'query') wire.query = value;
    else if (name.startsWith('param_')) addParam(wire.params, name, value);
  }
}
