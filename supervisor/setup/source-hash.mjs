import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const notSources = /(^|\/)(node_modules|build|\.svelte-kit)$|\.test\.ts$/;

/**
 * A hash of names and contents of all source files below these paths.
 * @param {string} root
 * @param {string[]} paths
 * @param {RegExp} [without]
 */
export function sourceHash(root, paths, without) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((start) => filesBelow(root, start, without))) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** @param {string} root @param {string} path @param {RegExp} [without] @returns {string[]} */
function filesBelow(root, path, without) {
  const full = join(root, path);
  if (!existsSync(full) || notSources.test(path) || without?.test(path)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesBelow(root, `${path}/${name}`, without));
}
