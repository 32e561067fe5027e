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
      /** Undefined for a program, which sends its token with every request. */
      session: OwnSession | undefined;
    }
  | { state: 'nobody' }
  | { state: 'refused' }
  | { state: 'unknown' };

/** The session that a request came with. */
export interface OwnSession {
  id: string;
  /** That of a person when they signed in; undefined for an access token. */
  generation: number | undefined;
  /** ISO 8601. */
  createdAt: string;
}
