/**
 * The id of a team from the free text that a source calls it: lower case, ASCII letters and digits, single dashes.
 * A name with nothing left ("!!!", "组") becomes `team-` and the base64url of its bytes, so that two such names stay apart.
 */
export function teamSlug(name: string): string {
  const known = slugs.get(name);
  if (known !== undefined) return known;
  if (slugs.size >= slugsMax) slugs.clear();
  const slug = makeSlug(name);
  slugs.set(name, slug);
  return slug;
}

/** A desk has few teams and many events. */
const slugs = new Map<string, string>();
const slugsMax = 10_000;

function makeSlug(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return slug === '' ? `team-${Buffer.from(name, 'utf8').toString('base64url')}` : slug;
}
