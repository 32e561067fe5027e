const anyOrigin = 'http://desk.invalid';

/** A page of this app with its query, from an address that may come from anywhere; undefined when it leads elsewhere. */
export function ownPlace(text: string | null): string | undefined {
  if (text?.startsWith('/') !== true || !URL.canParse(text, anyOrigin)) return undefined;
  const { origin, pathname, search } = new URL(text, anyOrigin);
  // What two slashes begin names another host, also where dots between them went away.
  return origin === anyOrigin && !pathname.startsWith('//') ? `${pathname}${search}` : undefined;
}

/** Where to sign in, and then go on to a page: the start needs no word. */
export function signInFor({ pathname, search }: Pick<URL, 'pathname' | 'search'>): string {
  const place = `${pathname}${search}`;
  return place === '/' ? '/sign-in' : `/sign-in?${new URLSearchParams({ to: place }).toString()}`;
}
