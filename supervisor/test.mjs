import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerHelp } from './setup/command-help.mjs';
import { checks, runCheck } from './check.mjs';
import { runCommand } from './setup/run-command.mjs';
import { countResults } from './setup/test-results.mjs';
import { root, say, setUp } from './setup.mjs';

const filters = process.argv.slice(2);
const help = `npm test [-- <part of a path> ...]

Runs every check and every test against real servers, with these parts of a path the checks and only tests whose files have one of them in
theirs. Installs and builds first what a fresh checkout lacks. The last line says how many passed and failed; exit code 1 when any failed.
`;
answerHelp(help, filters, { takesOthers: true });

// `npm test`: every check and every test, on a fresh checkout too. The last line says how many passed and failed; a check
// counts as one. `npm test -- <part of a path>` runs the checks and the tests whose files have it in their path.
const { chromium } = await setUp({ nats: true, services: true, web: true, browser: true });
const reports = mkdtempSync(join(tmpdir(), 'deskwire-test-'));
const { TEST_SEED, REAL_DATA_DIR, SCREENSHOTS } = process.env;
const env = {
  ...{ TEST_SEED, REAL_DATA_DIR, SCREENSHOTS },
  ...{ CHROMIUM_PATH: chromium, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
};

/**
 * Runs one vitest project, or one of several shards of it. Its lines are shown as they come, or, for what runs beside that, once it
 * is done.
 * @param {string} project
 * @param {{ show: boolean, shard?: number, shards?: number }} options
 * @returns {Promise<{ passed: number, failed: number }>}
 */
async function runTests(project, { show, shard = 1, shards = 1 }) {
  say(`${project} tests${shards > 1 ? `, ${shard} of ${shards}` : ''}`);
  const report = join(reports, `${project}-${shard}.json`);
  const vitest = [
    process.execPath,
    `${root}/node_modules/vitest/vitest.mjs`,
    'run',
    '--project',
    project,
    '--passWithNoTests',
    ...(shards > 1 ? [`--shard=${shard}/${shards}`] : []),
    ...filters,
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

/** Of the browser tests: small enough that both lanes end at about the same time. */
const browserShards = 4;
/** @type {(() => Promise<{ passed: number, failed: number }>)[]} In this order: live tests wait for servers for a quarter of their time. */
const beside = [
  ...checks.map((check) => () => count(check)),
  () => runTests('unit', { show: false }),
  ...Array.from(
    { length: browserShards },
    (_, i) => () => runTests('browser', { show: false, shard: i + 1, shards: browserShards }),
  ),
];

/** Takes what is left, one after the other, after its own. @param {typeof beside} own */
async function lane(own) {
  const results = [];
  for (let task = own.shift() ?? beside.shift(); task !== undefined; task = own.shift() ?? beside.shift())
    results.push(await task());
  return results;
}
const chaos = await runTests('chaos', { show: true });
const results = [chaos, ...(await Promise.all([lane([() => runTests('live', { show: true })]), lane([])])).flat()];
rmSync(reports, { recursive: true, force: true });

const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
