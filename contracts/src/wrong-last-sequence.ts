/**
 * Whether JetStream's error says that a compare-and-set lost. 10071: something else is stored. 10164, of servers in a cluster: another
 * write to the subject is on its way, and may not be readable yet.
 */
export function isWrongLastSequence(error: { err_code?: number | undefined } | undefined): boolean {
  return error?.err_code === 10_071 || error?.err_code === 10_164;
}
