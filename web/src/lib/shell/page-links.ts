import { Activity, LayoutDashboard, Users } from 'lucide';
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
    ...(pages.overview ? [{ href: resolve('/'), word: 'Overview', icon: LayoutDashboard }] : []),
    ...(pages.flow ? [{ href: resolve('/flow'), word: 'Data flow', icon: Activity }] : []),
    ...(pages.people ? [{ href: resolve('/people'), word: 'People', icon: Users }] : []),
  ];
}
