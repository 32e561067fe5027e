/** The set-up cannot go on: its message is one line (and what a program said, if one failed) for the person who typed the command. */
export class SetUpError extends Error {
  /** @override */
  name = 'SetUpError';
}
