import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';

/** What npm, compilers, test runners and package managers go by; our own settings, of which some are secrets, are not theirs to read. */
const passed =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|TMPDIR|TZ|LANG|LC_.+|XDG_.+|CI|(NO|FORCE)_COLOR|NODE_.+|DEBIAN_.+|npm_config_.+|(HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR))$/i;

/** @param {NodeJS.ProcessEnv} env */
export const withoutSecrets = (env) => Object.fromEntries(Object.entries(env).filter(([name]) => passed.test(name)));

/**
 * Runs a program to its end and answers its exit code with all that it wrote. With `show`, that is also shown as it comes.
 * A signal that reaches us meanwhile ends the program, too. Its environment is `env` and of ours what holds no secret; with
 * `patient` it leaves the cores to whoever wants them more.
 * @param {string[]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, patient?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function runCommand(command, { cwd, env, show = false, patient = false } = {}) {
  const [program, ...args] = command;
  const child = spawn(program ?? '', args, {
    cwd,
    env: { ...withoutSecrets(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (patient && child.pid !== undefined) setPriority(child.pid, 10);
  let output = '';
  /** @param {Buffer} chunk */
  const take = (chunk) => {
    output += chunk.toString();
    if (show) process.stdout.write(chunk);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);

  /** @param {NodeJS.Signals} signal */
  const stop = (signal) => {
    child.kill(signal);
    process.exit(1);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    return await new Promise((resolve) => {
      child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
      child.on('close', (code) => resolve({ code: code ?? 1, output }));
    });
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
