/** A record as JSON; undefined for what is none, which its schema refuses: the record is damaged. */
export function parseRecord(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The caller's schema says what that means.
  }
}
