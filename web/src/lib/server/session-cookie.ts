import { cookieHoursMax } from '@deskwire/contracts/session';
import type { Cookies } from '@sveltejs/kit';

/** The cookie with the session's id. `__Host-` binds it to this host under TLS; browsers refuse that prefix without. */
export function sessionCookie(cookies: Cookies, secure: boolean) {
  const name = secure ? '__Host-session' : 'deskwire-session';
  const options = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
  return {
    read: () => cookies.get(name),
    write: (id: string) => cookies.set(name, id, { ...options, maxAge: cookieHoursMax * 3600 }),
    clear: () => cookies.delete(name, options),
  };
}
