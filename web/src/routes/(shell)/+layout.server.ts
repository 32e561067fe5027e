import { may } from '@deskwire/contracts/roles';
import { error, redirect } from '@sveltejs/kit';
import { signInFor } from '$lib/server/own-place';
import { commandKeyOf } from '$lib/shell/command-key';
import { isTheme, type Theme } from '$lib/theme';
import type { LayoutServerLoad } from './$types';

/** Who looks, and what the shell shows them. Everything inside it is for people who are signed in. */
export const load: LayoutServerLoad = async ({ locals: { who, doors }, cookies, request, url }) => {
  if (who.state === 'unknown') {
    error(503, {
      message: 'Your sign-in cannot be checked at the moment.',
      advice: 'Nothing is lost: every event is kept and will be counted. Try again in a few seconds.',
    });
  }
  if (who.state !== 'signed-in') redirect(303, signInFor(url));
  const theme = cookies.get('theme');
  const shown: Theme = isTheme(theme) ? theme : 'system';
  return {
    person: { name: who.name, role: who.actor.role },
    pages: {
      overview: may(who.actor, 'kpi.team'),
      flow: may(who.actor, 'flow.read'),
      people: may(who.actor, 'people.manage'),
    },
    mayReadAlerts: may(who.actor, 'flow.read'),
    theme: shown,
    commandKey: commandKeyOf(request.headers.get('user-agent')),
    /** Said on every page while figures are simulated; what cannot be read now is read with the next page. */
    demo: {
      state: (await doors.demo.state().catch(() => ({ state: 'none' as const }))).state,
      canRemove: may(who.actor, 'source.manage'),
    },
    railOpen: cookies.get('rail') === 'open',
    zone: doors.env.TIME_ZONE,
    hubPort: doors.env.HUB_PORT,
  };
};
