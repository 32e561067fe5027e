/** The fault lies with this event or this ticket, not with a server: only its ticket waits, everything else goes on. */
export class CannotApply extends Error {
  override name = 'CannotApply';
}
