import { demoKey, demoRecord, type DemoAnswer, type DemoRecord } from '@deskwire/contracts/demo';
import { canAdminister, type People } from '@deskwire/people/people';
import { written } from '@deskwire/people/users-bucket';
import type { NatsLink } from './nats-link';

/**
 * `nobody-left`: only people of the demo can administer this desk, and they would go with it. `not-running`: its process does not run
 * here, and the request would wait for it for ever.
 */
export type RemovalAnswer = DemoAnswer | 'nobody-left' | 'not-running';

/** The demo as the web app sees it. Rejects with NatsAway, or as NATS does. */
export function createDemoDoor(
  link: Pick<NatsLink, 'bucket' | 'ask'>,
  people: People,
  { now, runs }: { now: () => number; runs: boolean },
) {
  async function read(): Promise<{ record: DemoRecord | undefined; revision: number }> {
    const entry = await (await link.bucket('config')).get(demoKey);
    const isThere = entry?.operation === 'PUT';
    return { record: isThere ? demoRecord.parse(entry.json()) : undefined, revision: entry?.revision ?? 0 };
  }

  /** The demo's own process does the work once it reads this; a repeated request changes nothing. */
  async function ask(): Promise<DemoAnswer> {
    for (;;) {
      const { record, revision } = await read();
      if (record?.state !== 'on') return { state: record?.state ?? 'none' };
      const removing: DemoRecord = { state: 'removing', run: record.run, since: new Date(now()).toISOString() };
      const config = await link.bucket('config');
      if (await written(config.put(demoKey, JSON.stringify(removing), { previousSeq: revision })))
        return { state: 'removing' };
    }
  }

  return {
    state: () => link.ask(async (): Promise<DemoAnswer> => ({ state: (await read()).record?.state ?? 'none' })),
    /** Has the demo removed with all its data, and with its people. */
    remove: () =>
      link.ask(async (): Promise<RemovalAnswer> => {
        const { record } = await read();
        if (!runs && record !== undefined && record.state !== 'removed') return 'not-running';
        // Whoever asks: an access token is no person, and can be revoked.
        const administrators = (await people.list()).filter(canAdminister);
        if (administrators.length > 0 && administrators.every((one) => one.demo === true)) return 'nobody-left';
        if (record === undefined) return { state: 'none' };
        // First: once it is said to be going nobody asks again, and a password that is left would be good for ever.
        await people.removeDemo();
        return ask();
      }),
  };
}
