import { chaosTable } from './chaos-table.ts';
import { help, OptionsError, readOptions } from './options.ts';
import { nameOf } from './plan.ts';
import { runChaos } from './run-chaos.ts';

/** `npm run chaos`. Exit codes: 0 nothing violated, 1 violated, 2 wrong arguments. */
async function chaos(args: string[]): Promise<number> {
  const { help: wantsHelp, json, chaos: options } = readOptions(args);
  if (wantsHelp) {
    process.stdout.write(help);
    return 0;
  }
  const say = (line: string) => process.stderr.write(`${line}\n`);
  say(`${options.trials} trials, seed ${options.seed}${options.unsafe ? ', without the condition' : ''}`);
  const result = await runChaos(options, {
    onTrial: (trial, number) =>
      say(
        `${String(number).padStart(String(options.trials).length)}/${options.trials} ${nameOf(trial).padEnd(22)} ` +
          `at ${trial.ratePerS} events/s, live again after ${(trial.recoveryMs / 1_000).toFixed(1)} s`,
      ),
    onAudit: ({ acknowledged, lost, countedTwice }) =>
      say(`compared: ${acknowledged} acknowledged, ${lost} lost, ${countedTwice} counted twice`),
  });
  process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : chaosTable(result));
  return result.violations.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await chaos(process.argv.slice(2));
} catch (error) {
  process.stderr.write(
    `${error instanceof OptionsError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = error instanceof OptionsError ? 2 : 1;
}
