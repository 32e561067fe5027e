/** A form that is posted here ends the session of this browser. */
export const signOutAction = '/sign-in?/out';
