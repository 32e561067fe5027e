import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { npm } from './node-modules.mjs';
import { runCommand } from './run-command.mjs';
import { SetUpError } from './set-up-error.mjs';
import { sourceHash } from './source-hash.mjs';

/** What the web app is built from: its own room and those that it imports. */
const sources = [
  'web',
  'contracts/src',
  'runtime/src',
  'clickhouse/src',
  'vault/src',
  'people/src',
  'package-lock.json',
];
const engine = /\/engine$/;

/**
 * Builds the web app when its sources are not those of the build that is there. Throws SetUpError with what the build said.
 * @param {string} root
 * @param {(line: string) => void} say
 */
export async function buildWeb(root, say) {
  const stampFile = join(root, 'web/build/.deskwire');
  // The build holds absolute paths of files that the rooms read beside their source: a moved checkout is built again.
  const stamp = `${sourceHash(root, sources, engine)} ${resolve(root)}`;
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  say('building the web app');
  const { code, output } = await runCommand([...npm(), 'run', 'build', '-w', 'web', '--loglevel=error'], {
    cwd: root,
    // Tests build it too, and theirs would be a build for development.
    env: { NODE_ENV: 'production' },
  });
  if (code !== 0) throw new SetUpError(`the web app could not be built\n${output.trim()}`);
  writeFileSync(stampFile, stamp);
}
