import Activity from '@lucide/svelte/icons/activity';
import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard';
import Users from '@lucide/svelte/icons/users';
import { resolve } from '$app/paths';

/** Which pages this person may see. */
export interface Pages {
  overview: boolean;
  flow: boolean;
  people: boolean;
}

/** The pages of the rail, in its order. */
export function pageLinks(pages: Pages) {
  return [
    ...(pages.overview ? [{ href: resolve('/'), word: 'Overview', Icon: LayoutDashboard }] : []),
    ...(pages.flow ? [{ href: resolve('/flow'), word: 'Data flow', Icon: Activity }] : []),
    ...(pages.people ? [{ href: resolve('/people'), word: 'People', Icon: Users }] : []),
  ];
}
