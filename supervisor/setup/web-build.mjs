import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './node-modules.mjs';
import { runCommand } from './run-command.mjs';
import { SetUpError } from './set-up-error.mjs';

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
const notSources = /(^|\/)(node_modules|build|\.svelte-kit|engine)$|\.test\.ts$/;

/**
 * Builds the web app when its sources are not those of the build that is there. Throws SetUpError with what the build said.
 * @param {string} root
 * @param {(line: string) => void} say
 */
export async function buildWeb(root, say) {
  const stampFile = join(root, 'web/build/.deskwire');
  // The build holds absolute paths of files that the rooms read beside their source: a moved checkout is built again.
  const stamp = `${hashOf(root, sources)} ${root}`;
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  say('building the web app');
  const { code, output } = await runCommand([...npm(), 'run', 'build', '-w', 'web', '--loglevel=error'], { cwd: root });
  if (code !== 0) throw new SetUpError(`the web app could not be built\n${output.trim()}`);
  writeFileSync(stampFile, stamp);
}

/**
 * A hash of names and contents of all files below these paths.
 * @param {string} root
 * @param {string[]} paths
 */
function hashOf(root, paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((start) => filesBelow(root, start))) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** @param {string} root @param {string} path @returns {string[]} */
function filesBelow(root, path) {
  const full = join(root, path);
  if (!existsSync(full) || notSources.test(path)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesBelow(root, `${path}/${name}`));
}
