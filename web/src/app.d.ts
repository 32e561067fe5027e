// What a request of Node is, in `App.Platform`.
import '@sveltejs/adapter-node';
import type { Actor } from '@deskwire/contracts/roles';
import type { Doors } from '$lib/server/doors';

declare global {
  namespace App {
    interface Locals {
      doors: Doors;
      who: Who;
    }
    interface Error {
      message: string;
      /** What to do about it. */
      advice?: string;
    }
  }
}

/** Who asks. `unknown`: NATS does not answer, so it cannot be said. */
export type Who =
  | {
      state: 'signed-in';
      actor: Actor;
      name: string;
      /** Undefined for an access token, also in a session of its own: it has no password and no profile. */
      email: string | undefined;
      sessionId: string | undefined;
    }
  | { state: 'nobody' }
  | { state: 'refused' }
  | { state: 'unknown' };
