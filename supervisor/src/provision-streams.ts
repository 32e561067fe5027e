import { parseEnv } from '@deskwire/runtime/env';
import type { Log } from '@deskwire/runtime/log';
import { connectNats, type NatsLogin } from '@deskwire/runtime/nats';
import { z } from 'zod';
import { ensureStreams } from './ensure-streams.ts';
import { watchStreamFill } from './stream-fill.ts';
import { raiseLimits } from './stream-limits.ts';
import { wantedStreams, type WantedStream } from './streams.ts';

/**
 * Streams and buckets on a server of your own, whose disk we cannot see: `JETSTREAM_BUDGET_GIB` (20) is what they may
 * promise together, `NATS_REPLICAS` (1) how many servers keep each. Answers the names it touched. Throws EnvError,
 * StreamConflict or NATS' own error.
 */
export async function provisionStreams(login: NatsLogin, env: NodeJS.ProcessEnv): Promise<string[]> {
  const { wanted } = readBudget(env);
  const nc = await connectNats(login, 'supervisor');
  try {
    return await ensureStreams(await nc.jetstreamManager(), wanted);
  } finally {
    await nc.close();
  }
}

/** Raises limits there as `JETSTREAM_BUDGET_GIB` allows, and tells how full they are. Throws EnvError or NATS' own error. */
export async function watchStreams(
  login: NatsLogin,
  env: NodeJS.ProcessEnv,
  log: Log,
): Promise<{ stop: () => Promise<void> }> {
  const { budgetBytes, wanted } = readBudget(env);
  const nc = await connectNats(login, 'supervisor');
  const jsm = await nc.jetstreamManager();
  const setLimit = (name: string, maxBytes: number) => jsm.streams.update(name, { max_bytes: maxBytes });
  const fill = watchStreamFill({
    read: () => raiseLimits({ list: () => jsm.streams.list(), wanted, budget: () => budgetBytes, setLimit }),
    publish: (subject, body) => nc.jetstream().publish(subject, body),
    everyMs: 2_000,
    now: Date.now,
    log,
  });
  return {
    stop: async () => {
      fill.stop();
      await nc.close();
    },
  };
}

function readBudget(env: NodeJS.ProcessEnv): { budgetBytes: number; wanted: WantedStream[] } {
  const { JETSTREAM_BUDGET_GIB, NATS_REPLICAS } = parseEnv(
    {
      JETSTREAM_BUDGET_GIB: z.coerce.number().min(1).max(1_000_000).default(20),
      NATS_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
    },
    env,
  );
  const budgetBytes = JETSTREAM_BUDGET_GIB * 2 ** 30;
  return { budgetBytes, wanted: wantedStreams(budgetBytes, NATS_REPLICAS) };
}
