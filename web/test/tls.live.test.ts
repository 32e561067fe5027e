import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type SecureVersion } from 'node:tls';
import { promisify } from 'node:util';
import { startHub } from '@deskwire/hub/testing/start-hub';
import { startNats, type TestNats } from '@deskwire/supervisor/start-nats';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb, newToken, startWeb } from './start-web';

let nats: TestNats;
let folder: string;
let tls: { TLS_CERT_FILE: string; TLS_KEY_FILE: string };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deskwire-tls-'));
  tls = { TLS_CERT_FILE: join(folder, 'cert.pem'), TLS_KEY_FILE: join(folder, 'key.pem') };
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject];
  const files = ['-keyout', tls.TLS_KEY_FILE, '-out', tls.TLS_CERT_FILE];
  [nats] = await Promise.all([startNats(), promisify(execFile)('openssl', [...made, ...files]), buildWeb()]);
}, 180_000);
afterAll(async () => {
  await nats.stop();
  rmSync(folder, { recursive: true });
});

/** Status and headers of one request that trusts our certificate. */
function call(url: string, method: string, headers: Record<string, string>, body = '') {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown> }>((resolve, reject) => {
    const ca = readFileSync(tls.TLS_CERT_FILE);
    const sent = request(url, { method, headers, ca }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, headers: response.headers });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What a client gets that speaks nothing newer; undefined when it is refused. */
function versionFor(url: string, maxVersion: SecureVersion) {
  const { hostname: host, port } = new URL(url);
  return new Promise<string | null | undefined>((resolve) => {
    const socket = connect({ host, port: Number(port), ca: readFileSync(tls.TLS_CERT_FILE), maxVersion }, () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    socket.on('error', () => resolve(undefined));
  });
}

describe('with certificates', () => {
  it('speaks TLS 1.3 and nothing older, web and hub', async () => {
    const [web, hub] = await Promise.all([
      startWeb({ ...nats.env('web'), ...tls }),
      startHub({ ...nats.env('hub'), ...tls }),
    ]);
    try {
      for (const { url } of [web, hub]) {
        expect(await versionFor(url, 'TLSv1.3')).toBe('TLSv1.3');
        expect(await versionFor(url, 'TLSv1.2')).toBeUndefined();
      }
      const health = await call(hub.url.replace('http:', 'https:') + '/healthz', 'GET', {});
      expect(health.status).toBe(200);
    } finally {
      await Promise.all([web.stop(), hub.stop()]);
    }
  });

  it('serves https, with a cookie that is bound to the host and never sent in the clear', async () => {
    const web = await startWeb({ ...nats.env('web'), ...tls });
    try {
      const { token } = await newToken(nats, 'analyst');
      const form = { origin: web.url, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
      const { status, headers } = await call(
        `${web.url}/sign-in?/in`,
        'POST',
        form,
        new URLSearchParams({ token }).toString(),
      );
      expect(status).toBe(303);
      expect(String(headers['set-cookie'])).toMatch(/^__Host-session=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
      expect(headers['strict-transport-security']).toBeDefined();
      const page = await call(`${web.url}/sign-in`, 'GET', {});
      expect(String(page.headers['content-security-policy'])).toContain('wss://127.0.0.1:3001');
    } finally {
      await web.stop();
    }
  });

  it('takes sockets over wss only', async () => {
    const hub = await startHub({ ...nats.env('hub'), ...tls });
    const { token } = await newToken(nats, 'analyst');
    const outcome = (url: string) =>
      new Promise<boolean>((resolve) => {
        const ca = readFileSync(tls.TLS_CERT_FILE, 'utf8');
        const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, auth: { token }, ca });
        const end = (connected: boolean) => {
          socket.disconnect();
          resolve(connected);
        };
        socket.on('connect', () => end(true));
        socket.on('connect_error', () => end(false));
      });
    expect(await outcome(hub.url.replace('http:', 'https:'))).toBe(true);
    expect(await outcome(hub.url)).toBe(false);
    expect(await hub.stop()).toBe(0);
  });
});
