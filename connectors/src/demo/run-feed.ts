import { demoSources, type DemoSource } from '@deskwire/contracts/demo';
import type { Log } from '@deskwire/runtime/log';
import { connectNats, type NatsLogin } from '@deskwire/runtime/nats';
import { pause } from '@deskwire/streams/pause';
import { headers, type JetStreamManager, type KV } from 'nats';
import { feedSource } from './feed-source.ts';
import { notePlace, placeHeader, readPlace } from './place-door.ts';
import { hourMs } from './rhythm.ts';
import { createSimulation } from './simulate.ts';

export interface FeedDoors {
  jsm: JetStreamManager;
  cursors: KV;
  /** The login of each simulated system: an integration's, that may publish its own events and nothing else. */
  loginOf: (source: DemoSource) => NatsLogin;
  log: Log;
  /** Unix time, ms. */
  now: () => number;
}

export interface FeedPlan {
  run: string;
  /** When the demo was first started; its history begins `historyDays` before. Unix time, ms. */
  startedAtMs: number;
  historyDays: number;
  zone: string;
  ticketsOfWeekday: number;
}

const publishTimeoutMs = 15_000;
const retryMs = 2_000;

/** All simulated systems at work, each begun again from what the stream holds when something breaks. Resolves when `stop` aborts. */
export async function runFeed(plan: FeedPlan, doors: FeedDoors, stop: AbortSignal): Promise<void> {
  await Promise.all(
    demoSources.map(async (source) => {
      while (!stop.aborted) {
        const why: unknown = await feedOnce(plan, doors, source, stop).catch((error: unknown) => error);
        if (why === undefined) continue;
        doors.log.warn({ err: why, source }, 'the simulated source was interrupted and goes on from the stream');
        await pause(retryMs, stop);
      }
    }),
  );
}

async function feedOnce(plan: FeedPlan, doors: FeedDoors, source: DemoSource, stop: AbortSignal): Promise<void> {
  const { run, zone, ticketsOfWeekday, historyDays } = plan;
  const { jsm, cursors, now } = doors;
  // Its own inbox would be refused: integrations read `_INBOX.>` only.
  const nc = await connectNats(doors.loginOf(source), source, { inboxPrefix: '_INBOX', reconnect: false });
  try {
    const js = nc.jetstream({ timeout: publishTimeoutMs });
    const place = await readPlace(jsm, cursors, source);
    const historyMs = historyDays * 24 * hourMs;
    const beginning = { sendAtMs: plan.startedAtMs - historyMs, key: '', sentCount: 0 };
    const from = place ?? beginning;
    await feedSource(
      {
        ...{ run, source, now, elapsed: () => performance.now() },
        simulation: createSimulation({ run, zone, ticketsOfWeekday }),
        // After a long pause the time in between is told, but no more of it than a history has.
        from: { ...from, sendAtMs: Math.max(from.sendAtMs, now() - historyMs - hourMs) },
        publish: async (subject, body, sent) => {
          const header = headers();
          header.set(placeHeader, JSON.stringify(sent));
          await js.publish(subject, body, { headers: header });
        },
        note: (sent) => notePlace(cursors, source, sent),
      },
      stop,
    );
  } finally {
    await nc.close();
  }
}
