import { createServer } from 'node:http';
import { freePort } from '@deskwire/supervisor/start-nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askWeb } from '../src/lib/ask-web';

/** Takes every question, and answers nothing, or the beginning of something. */
const frozen = createServer(({ url }, response) => {
  if (url === '/halfway') response.writeHead(200, { 'content-length': '100' }).write('{"at":');
});
let url: string;

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  await new Promise<void>((resolve) => frozen.listen(port, '127.0.0.1', resolve));
});
afterAll(() => {
  frozen.closeAllConnections();
  frozen.close();
});

it('gives up on a server that takes the question and never answers, or not to the end', async () => {
  const timedOut = { name: 'TimeoutError' };
  await expect(askWeb(url, { withinMs: 200 })).rejects.toMatchObject(timedOut);
  const begun = await askWeb(`${url}/halfway`, { withinMs: 200 });
  await expect(begun.json()).rejects.toMatchObject(timedOut);
});
