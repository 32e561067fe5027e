import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.mjs';
import { SetUpError } from './set-up-error.mjs';

/**
 * Makes node_modules what the lockfile says. A stamp in it names the lockfile that it was made from, so that a second run
 * costs a hash. Throws SetUpError with npm's own words.
 * @param {string} root
 * @param {(line: string) => void} say
 */
export async function installNodeModules(root, say) {
  const stampFile = join(root, 'node_modules', '.deskwire');
  const lockfile = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stamp = createHash('sha256').update(lockfile).update(process.versions.modules).digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;

  if (!isInstalled(root, lockfile)) {
    say('installing node modules from the lockfile');
    // .npmrc silences npm for the sake of --json; here its errors are all that there is to see. NODE_ENV=production would
    // leave out what the build needs.
    const options = ['--include=dev', '--loglevel=error', '--no-progress'];
    const { code, output } = await runCommand([...npm(), 'ci', ...options], { cwd: root });
    // npm ci refuses a lockfile that lacks another system's optional packages, as npm leaves behind when a registry has
    // none; npm install goes by the same lockfile without that, and what it made is compared below.
    if (code !== 0) await runCommand([...npm(), 'install', '--no-save', ...options], { cwd: root });
    if (code !== 0 && !isInstalled(root, lockfile))
      throw new SetUpError(`npm could not install the node modules; is the network there?\n${brief(output)}`);
  }
  writeFileSync(stampFile, stamp);
}

/** @param {string} root @param {string} lockfile */
function isInstalled(root, lockfile) {
  const installed = join(root, 'node_modules', '.package-lock.json');
  return existsSync(installed) && isAsLocked(lockfile, readFileSync(installed, 'utf8'));
}

/** npm's error without the usage text that follows it. @param {string} output */
const brief = (output) => output.split(/\nnpm error (Clean install|Usage)/)[0]?.trim();

/**
 * Whether what npm installed (its hidden lockfile) is what the lockfile wants, e.g. after a npm install by hand. Optional
 * packages may be absent: they are for other systems.
 * @param {string} lockfile
 * @param {string} installed
 */
export function isAsLocked(lockfile, installed) {
  const there = packages(installed);
  return Object.entries(packages(lockfile)).every(([path, wanted]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = there[path];
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true;
    // Where a package came from differs from one registry to another; what is in it does not.
    return (
      found.version === wanted.version &&
      (found.integrity ?? wanted.integrity) === (wanted.integrity ?? found.integrity)
    );
  });
}

/** @param {string} text @returns {Record<string, { version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }>} */
function packages(text) {
  return JSON.parse(text).packages ?? {};
}

/** The npm that started us, else the one on PATH. */
export function npm(env = process.env) {
  const script = env['npm_execpath'];
  return script !== undefined && /npm-cli\.[cm]?js$/.test(script) && existsSync(script)
    ? [process.execPath, script]
    : ['npm'];
}
