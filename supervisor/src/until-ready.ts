import { readiness } from '@deskwire/contracts/health';
import { untilAnswers } from './http-answers.ts';
import { StartRefused } from './start-refused.ts';

/** Waits until `/readyz` says that every part is. Throws StartRefused with those that are not, in their own words. */
export async function untilReady(webUrl: string, signal: AbortSignal): Promise<void> {
  const withinMs = 120_000;
  let last = 'it does not answer';
  try {
    await untilAnswers(
      `${webUrl}/readyz`,
      ({ status, body }) => {
        last = status === 200 ? '' : notReady(body);
        return status === 200;
      },
      AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
    );
  } catch (error) {
    signal.throwIfAborted();
    throw new StartRefused(`not everything is ready after ${withinMs / 1_000} s: ${last}`, { cause: error });
  }
}

/** The parts that are not ready, in their own words. */
function notReady(body: string): string {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return body.slice(0, 200); // Not ours: the text itself is the best we have.
  }
  const parsed = readiness.safeParse(answer);
  if (!parsed.success) return body.slice(0, 200);
  return parsed.data.parts
    .filter(({ ready }) => !ready)
    .map(({ part, detail }) => `${part} (${detail})`)
    .join(', ');
}
