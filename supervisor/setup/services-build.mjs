import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runCommand } from './run-command.mjs';
import { SetUpError } from './set-up-error.mjs';
import { sourceHash } from './source-hash.mjs';

/** The processes that run on plain Node; `build/<the same path>.mjs` is what is started. */
export const services = [
  'clickhouse/src/engine/main.ts',
  'connectors/src/demo.ts',
  'connectors/src/replay.ts',
  'hub/src/main.ts',
  'hub/src/token.ts',
  'ingest/src/decode-thread.ts',
  'ingest/src/main.ts',
  'ingest/src/self-check.ts',
  'supervisor/src/broker-config.ts',
  'supervisor/src/first-administrator.ts',
  'supervisor/src/integration.ts',
  'supervisor/src/main.ts',
  'supervisor/src/provision.ts',
  'supervisor/src/watch-streams.ts',
  'web/src/main.ts',
  'workflows/src/main.ts',
];
const rooms = [
  ...new Set(services.map((path) => path.replace(/\/.*/, ''))),
  'contracts',
  'people',
  'runtime',
  'streams',
  'vault',
];
const sources = [
  ...rooms.map((room) => `${room}/src`),
  ...['package-lock.json', 'supervisor/setup/services-build.mjs', 'supervisor/setup/compile-services.mjs'],
];
/** Of the web room only the process; its app has a build of its own. */
const webApp = /^web\/src\/(routes|lib\/(?!server))/;
const compiler = fileURLToPath(new URL('compile-services.mjs', import.meta.url));

/**
 * Compiles our processes into one folder when their sources are not those of the build that is there: a process starts in a third of the
 * time that it takes when each start compiles. Throws SetUpError with what the compiler said.
 * @param {string} root
 */
export async function buildServices(root) {
  const stampFile = join(root, 'build/.deskwire');
  // The build holds absolute paths of files that the rooms read beside their source: a moved checkout is built again.
  const stamp = `${sourceHash(root, sources, webApp)} ${root}`;
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  // In a process of its own: esbuild leaves a program running for as long as its caller does, with the caller's environment.
  const { code, output } = await runCommand([process.execPath, compiler, root]);
  if (code !== 0) throw new SetUpError(`the services could not be built\n${output.trim()}`);
  writeFileSync(stampFile, stamp);
}

// Before `npm run chaos` and `npm run bench`; the set-up imports the rest of this file.
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await buildServices(fileURLToPath(new URL('../..', import.meta.url)));
