/**
 * The desk's id of a foreign ticket or customer: `<segment>~<id>`, since a source's ids are unique only
 * within the first segment of its `source`.
 */
export function deskId(source: string, id: string): string {
  return `${segmentOf(source)}~${id}`;
}

/** First segment of an envelope's source: `zendesk/acme` -> `zendesk`. */
export function segmentOf(source: string): string {
  const slash = source.indexOf('/');
  return slash < 0 ? source : source.slice(0, slash);
}

/** Splits a desk's id; undefined when the text is a bare id of a source. */
export function parseDeskId(text: string): { segment: string; id: string } | undefined {
  const tilde = text.indexOf('~');
  if (tilde < 1 || !/^[a-z0-9-]+$/.test(text.slice(0, tilde)) || tilde === text.length - 1) return undefined;
  return { segment: text.slice(0, tilde), id: text.slice(tilde + 1) };
}
