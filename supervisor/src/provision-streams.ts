import { parseEnv } from '@deskwire/runtime/env';
import { connectNats, type NatsLogin } from '@deskwire/runtime/nats';
import { z } from 'zod';
import { ensureStreams } from './ensure-streams.ts';
import { wantedStreams } from './streams.ts';

/**
 * Streams and buckets on a server of your own, whose disk we cannot see: `JETSTREAM_BUDGET_GIB` (20) is what they may
 * promise together, `NATS_REPLICAS` (1) how many servers keep each. Answers the names it touched. Throws EnvError,
 * StreamConflict or NATS' own error.
 */
export async function provisionStreams(login: NatsLogin, env: NodeJS.ProcessEnv): Promise<string[]> {
  const { JETSTREAM_BUDGET_GIB, NATS_REPLICAS } = parseEnv(
    {
      JETSTREAM_BUDGET_GIB: z.coerce.number().min(1).max(1_000_000).default(20),
      NATS_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
    },
    env,
  );
  const nc = await connectNats(login, 'supervisor');
  try {
    return await ensureStreams(
      await nc.jetstreamManager(),
      wantedStreams(JETSTREAM_BUDGET_GIB * 2 ** 30, NATS_REPLICAS),
    );
  } finally {
    await nc.close();
  }
}
