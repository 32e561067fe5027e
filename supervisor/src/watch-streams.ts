import { natsEnv, parseEnv } from '@deskwire/runtime/env';
import { runService } from '@deskwire/runtime/service';
import { watchStreams } from './provision-streams.ts';

/** For compose and clusters, beside what `provision` made: raises the limits of streams that fill, and raises alerts. */
await runService('watch-streams', async ({ log, onStop }) => {
  const watch = await watchStreams(parseEnv(natsEnv, process.env), process.env, log);
  onStop(watch.stop);
});
