/** A start that must not go on: one line that says what is wrong and what to do. */
export class StartRefused extends Error {
  override name = 'StartRefused';
}
