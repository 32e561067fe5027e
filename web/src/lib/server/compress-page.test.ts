import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compressPage } from './compress-page';

const text = `<p>${'312 '.repeat(1_000)}</p>`;
const html = { 'content-type': 'text/html; charset=utf-8', 'content-length': String(text.length), etag: '"one"' };

function answer({
  accept,
  method = 'GET',
  headers = html,
}: {
  accept?: string;
  method?: string;
  headers?: HeadersInit;
}) {
  const asked = accept === undefined ? undefined : { 'accept-encoding': accept };
  const request = new Request('http://127.0.0.1/', { method, ...(asked === undefined ? {} : { headers: asked }) });
  return compressPage(request, new Response(text, { status: 203, headers }));
}

describe('a page', () => {
  it.each([
    ['br', 'gzip, deflate, br', brotliDecompressSync],
    ['gzip', 'deflate, gzip;q=0.5, br;q=0', gunzipSync],
  ])(
    'goes out as %s to a client that takes %j, and is the same when it is unpacked',
    async (coding, accept, unpack) => {
      const response = await answer({ accept });
      expect([response.status, response.headers.get('etag')]).toEqual([203, '"one"']);
      expect(response.headers.get('content-encoding')).toBe(coding);
      expect(response.headers.get('vary')).toBe('accept-encoding');
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(response.headers.get('content-length')).toBe(String(bytes.length));
      expect(bytes.length).toBeLessThan(text.length / 4);
      expect(unpack(bytes).toString()).toBe(text);
    },
  );

  it.each([undefined, '', 'deflate', 'gzip;q=0', 'br; q=0.0', 'notgzip, broad'])(
    'stays as it is for a client that takes %j, and a cache is told that they differ',
    async (accept) => {
      const response = await answer(accept === undefined ? {} : { accept });
      expect(response.headers.get('content-encoding')).toBeNull();
      expect(response.headers.get('vary')).toBe('accept-encoding');
      expect(await response.text()).toBe(text);
    },
  );

  it('stays as it is when it answers a form, and so does what is no page', async () => {
    for (const response of [
      await answer({ accept: 'gzip', method: 'POST' }),
      await answer({ accept: 'gzip', headers: { 'content-type': 'application/json' } }),
    ])
      expect([response.headers.get('content-encoding'), response.headers.get('vary')]).toEqual([null, null]);
  });
});
