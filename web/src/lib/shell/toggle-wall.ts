import { goto } from '$app/navigation';
import { page } from '$app/state';

/** The wall drops the shell and scales the type; everything else in the address stays. */
export function toggleWall(): void {
  const url = new URL(page.url);
  if (url.searchParams.get('wall') === '1') url.searchParams.delete('wall');
  else url.searchParams.set('wall', '1');
  // eslint-disable-next-line svelte/no-navigation-without-resolve -- this page's own address
  void goto(url, { replaceState: true, noScroll: true, keepFocus: true });
}
