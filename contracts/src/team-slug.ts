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
  const slug = asciiSlug(name);
  if (slug === '') return encoded(name);
  return isEncoded(name) ? name : slug;
}

const asciiSlug = (name: string) =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');

/** Of a name without a letter or digit of ASCII. */
const encoded = (name: string) => `team-${Buffer.from(name, 'utf8').toString('base64url')}`;

/** The id of such a name is one already: its letters are no words. */
function isEncoded(id: string): boolean {
  const [, letters] = /^team-([\w-]+)$/.exec(id) ?? [];
  if (letters === undefined) return false;
  const name = Buffer.from(letters, 'base64url').toString('utf8');
  return asciiSlug(name) === '' && encoded(name) === id;
}
