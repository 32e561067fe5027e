/** Fields with a closed list of values, which the advice of their reason names already. */
const listed = /^data\.(status|priority): /;

/** What is wrong with an event, as its mender reads it: the value that stands there, or else what the check says. Pure. */
export function faultWords(detail: string, text: string): string {
  const [, name] = listed.exec(detail) ?? [];
  if (name === undefined) return detail;
  const value = valueOf(text, name);
  return value === undefined ? detail : `data.${name} is ${JSON.stringify(value)}`;
}

/** Undefined where the text is no event that has it. */
function valueOf(text: string, name: string): unknown {
  try {
    const event: { data?: Record<string, unknown> } = JSON.parse(text);
    return event.data?.[name];
  } catch {
    return undefined; // The list or the torn text that holds the event: it stands beside this.
  }
}
