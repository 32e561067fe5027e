import { pathToFileURL } from 'node:url';
import { answerHelp } from './setup/command-help.mjs';
import { npm } from './setup/node-modules.mjs';
import { runCommand } from './setup/run-command.mjs';
import { root, say, setUp } from './setup.mjs';

/** @param {string} name */
const bin = (name) => [process.execPath, `${root}/node_modules/.bin/${name}`];

/** @type {{ name: string, command: string[] }[]} The slow ones first: two run at a time. */
export const checks = [
  { name: 'eslint', command: [...bin('eslint'), '--max-warnings', '0', '.'] },
  { name: 'types', command: [...bin('tsc'), '--noEmit', '-p', '.'] },
  { name: 'svelte', command: [...npm(), 'run', 'check', '-w', 'web', '--loglevel=error'] },
  { name: 'format', command: [...bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'unused', command: [...bin('knip'), '--no-progress'] },
];

/**
 * Runs one check and says how it went; what it found is shown only when it failed.
 * @param {{ name: string, command: string[] }} check
 * @returns {Promise<boolean>}
 */
export async function runCheck({ name, command }) {
  const began = performance.now();
  const { code, output } = await runCommand(command, { cwd: root, patient: true });
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  say(
    `check ${name}: ${code === 0 ? 'passed' : 'FAILED'} (${seconds} s)${code === 0 ? '' : `\n${output.trimEnd()}\n`}`,
  );
  return code === 0;
}

/**
 * Runs the tasks in order, two at a time, and answers their results in order.
 * @template Result
 * @param {(() => Promise<Result>)[]} tasks
 * @returns {Promise<Result[]>}
 */
async function twoAtATime(tasks) {
  /** @type {Result[]} */
  const results = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < tasks.length; index = next++) {
      const task = tasks[index];
      if (task !== undefined) results[index] = await task();
    }
  };
  await Promise.all([lane(), lane()]);
  return results;
}

// `npm run check`; npm test imports the rest of this file.
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  answerHelp(
    'npm run check\n\nTypes, lint, format, Svelte and unused code. Exit code 1 when one finds something.\n',
    process.argv.slice(2),
  );
  await setUp({});
  const passed = await twoAtATime(checks.map((check) => () => runCheck(check)));
  process.exit(passed.every(Boolean) ? 0 : 1);
}
