/**
 * For commands that have to work before anything is installed: prints the text and ends where it is asked for, and refuses arguments
 * that mean nothing, instead of starting as if they were not there.
 * @param {string} help
 * @param {string[]} args
 * @param {{ takesOthers?: boolean }} [options] the command reads further arguments itself
 */
export function answerHelp(help, args, { takesOthers = false } = {}) {
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(help);
    process.exit(0);
  }
  const [unknown] = args.filter((arg) => !takesOthers || arg.startsWith('-'));
  if (unknown === undefined) return;
  process.stderr.write(`there is no "${unknown}" here; see --help\n`);
  process.exit(2);
}
