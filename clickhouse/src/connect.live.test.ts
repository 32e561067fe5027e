import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectClickHouse } from './connect.ts';

const folder = mkdtempSync(join(tmpdir(), 'deskwire-ca-'));
const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
let server: Server;

beforeAll(async () => {
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject];
  await promisify(execFile)('openssl', [...made, '-keyout', key, '-out', certificate]);
  server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (_, response) =>
    response.end('Ok.\n'),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

it('trusts a server whose certificate is signed by who CLICKHOUSE_CA_FILE names, and no other', async () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const login = {
    ...{ CLICKHOUSE_URL: `https://127.0.0.1:${port}`, CLICKHOUSE_USER: 'u', CLICKHOUSE_PASSWORD: 'p' },
    CLICKHOUSE_DATABASE: 'deskwire',
  };
  const [stranger, trusting] = [login, { ...login, CLICKHOUSE_CA_FILE: certificate }].map((each) =>
    connectClickHouse(each, 'test'),
  );
  expect((await stranger?.ping())?.success).toBe(false);
  expect((await trusting?.ping())?.success).toBe(true);
  await Promise.all([stranger?.close(), trusting?.close()]);
});
