import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checks, runCheck } from './check.mjs';
import { runCommand } from './setup/run-command.mjs';
import { countResults } from './setup/test-results.mjs';
import { root, say, setUp } from './setup.mjs';

// `npm test`: every check and every test, on a fresh checkout too. The last line says how many passed and failed; a check
// counts as one.
const { chromium } = await setUp({ nats: true, services: true, web: true, browser: true });
const reports = mkdtempSync(join(tmpdir(), 'deskwire-test-'));
const env = { ...process.env, CHROMIUM_PATH: chromium, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' };

/**
 * Runs one vitest project. Its lines are shown as they come, or, for what runs beside that, once it is done.
 * @param {string} project
 * @param {boolean} show
 * @returns {Promise<{ passed: number, failed: number }>}
 */
async function runTests(project, show) {
  say(`${project} tests`);
  const report = join(reports, `${project}.json`);
  const vitest = [
    process.execPath,
    `${root}/node_modules/vitest/vitest.mjs`,
    'run',
    '--project',
    project,
    '--passWithNoTests',
  ];
  const { code, output } = await runCommand(
    [...vitest, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    { cwd: root, env, show },
  );
  if (!show) process.stdout.write(output);
  return countResults(readReport(report), code);
}

/** @param {string} file */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // vitest died before it wrote one: its exit code says so.
  }
}

/** @param {typeof checks[number]} check */
const count = async (check) => ((await runCheck(check)) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

// Live tests wait for servers for a quarter of their time: what the cores do meanwhile comes in this order.
async function runBeside() {
  const beside = [];
  for (const check of checks) beside.push(await count(check));
  return [...beside, await runTests('unit', false), await runTests('browser', false)];
}
const results = (await Promise.all([runTests('live', true), runBeside()])).flat();
rmSync(reports, { recursive: true, force: true });

const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
