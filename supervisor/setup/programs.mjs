import { findProgram } from './find-program.mjs';
import { runCommand } from './run-command.mjs';
import { SetUpError } from './set-up-error.mjs';

/**
 * A program that the system has to have, and what its package is called by each package manager.
 * @typedef {{ title: string, names: string[], packages: Record<string, string>, byHand: string }} Program
 */

/** @type {Program} */
export const natsServer = {
  title: 'nats-server',
  names: ['nats-server'],
  packages: { 'apt-get': 'nats-server', brew: 'nats-server', apk: 'nats-server', dnf: 'nats-server' },
  byHand:
    'Debian and Ubuntu: sudo apt-get install nats-server; macOS: brew install nats-server; Docker: docker run -d -p 127.0.0.1:4222:4222 nats:2.11 -js, then NATS_URL=nats://127.0.0.1:4222 npm start',
};

/** @type {Program} */
export const chromium = {
  title: 'Chromium',
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  packages: { 'apt-get': 'chromium', brew: '--cask chromium', apk: 'chromium', dnf: 'chromium' },
  byHand:
    'Debian: sudo apt-get install chromium; macOS: brew install --cask chromium; Docker: node:20-bookworm with apt-get install chromium',
};

/**
 * What the decision rests on, so that tests can pass another system in.
 * @typedef {{ find: (names: string[]) => string | undefined, isRoot: boolean, sudo: () => Promise<boolean>, run: (command: string[]) => Promise<{ code: number, output: string }> }} System
 */

/** @returns {System} */
function thisSystem() {
  return {
    find: findProgram,
    isRoot: process.getuid?.() === 0,
    sudo: async () => findProgram(['sudo']) !== undefined && (await runCommand(['sudo', '-n', 'true'])).code === 0,
    run: (command) => runCommand(command),
  };
}

/**
 * The path of a program: found, or installed with the system's package manager when nobody has to be asked for that.
 * Throws SetUpError, one line that names the commands to do it by hand.
 * @param {Program} program
 * @param {(line: string) => void} say
 * @param {System} [system]
 * @returns {Promise<string>}
 */
export async function requireProgram(program, say, system = thisSystem()) {
  const found = system.find(program.names);
  if (found !== undefined) return found;
  const commands = await installCommands(program, system);
  if (commands === undefined)
    throw new SetUpError(`${program.title} is not installed, and we may not install it. ${program.byHand}`);
  say(`installing ${program.title} with the system's package manager`);
  let output = '';
  // Only the last command has to succeed: package lists may be old, or a mirror away, and the install work all the same.
  for (const command of commands) ({ output } = await system.run(command));
  const installed = system.find(program.names);
  if (installed !== undefined) return installed;
  const why = output.trim().split('\n').at(-1) ?? '';
  throw new SetUpError(`${program.title} could not be installed (${why}). ${program.byHand}`);
}

/**
 * The commands that install it without asking anybody; undefined when there is no such way.
 * @param {Program} program
 * @param {System} system
 * @returns {Promise<string[][] | undefined>}
 */
export async function installCommands({ packages }, system) {
  const manager = Object.keys(packages).find((name) => system.find([name]) !== undefined);
  if (manager === undefined) return undefined;
  const names = (packages[manager] ?? '').split(' ');
  if (manager === 'brew') return [['brew', 'install', '--quiet', ...names]];
  const may = system.isRoot ? [] : (await system.sudo()) ? ['sudo', '-n'] : undefined;
  if (may === undefined) return undefined;
  switch (manager) {
    case 'apt-get': {
      // Runlevel 1 keeps Debian's package from starting a nats-server of its own on port 4222.
      const quiet = [...may, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-qq'];
      return [
        [...quiet, 'update'],
        [...quiet, 'install', '-y', '--no-install-recommends', ...names],
      ];
    }
    case 'apk':
      return [[...may, 'apk', 'add', '--no-cache', ...names]];
    default:
      return [[...may, 'dnf', 'install', '-y', '-q', ...names]];
  }
}
