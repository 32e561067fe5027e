import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  status: number;
  body: string;
}

/** Asks until `enough` is content with the answer, which it returns. Rejects on abort. */
export async function untilAnswers(
  url: string,
  enough: (answer: Answer) => boolean,
  signal: AbortSignal,
): Promise<Answer> {
  while (true) {
    signal.throwIfAborted();
    const answer = await ask(url);
    if (answer !== undefined && enough(answer)) return answer;
    await sleep(100, undefined, { signal });
  }
}

/** One GET; undefined when nobody answers within 5 s. */
export async function ask(url: string): Promise<Answer | undefined> {
  // We ask our own door by its address, which no certificate names.
  const tls = url.startsWith('https:') ? { rejectUnauthorized: false } : {};
  const request = url.startsWith('https:') ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const sent = request(url, { ...tls, timeout: 5_000, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', () => resolve(undefined));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(undefined));
    sent.end();
  });
}
