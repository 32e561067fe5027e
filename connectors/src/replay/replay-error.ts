/** Why a replay cannot begin or go on: what happened, to what, and what to do next, in one line for a person. */
export class ReplayError extends Error {
  override name = 'ReplayError';
}
