import type { z } from 'zod';
import type { ChannelListener, Followed } from './channel-follower';
import type { HubClient } from './hub-client';
import { turns } from '../shell/turns';

/** A channel by its name and the schema of its data. */
export interface ChannelDoor<Data> {
  ch: string;
  schema: z.ZodType<Data>;
}

/** A page's way to the hub: one socket for all of its feeds. */
export interface HubLink {
  /** Follows a channel until `close`. */
  follow: <Data>(load: () => Promise<ChannelDoor<Data>>, listener: ChannelListener<Data>) => Followed;
  /** Never the time of day, ms. */
  monotonic: () => number;
}

/**
 * Made once per page, also where the server renders and nothing is opened: the socket opens with the first channel that is
 * followed and closes with the last. Sockets and schemas are loaded only then, after the first paint. `hubUrl` is asked in
 * the browser.
 */
export function createHubLink(hubUrl: () => string): HubLink {
  let following = 0;
  let client: Promise<HubClient> | undefined;

  function join(): Promise<HubClient> {
    following += 1;
    return (client ??= import('./hub-client').then(({ openHub }) => openHub(hubUrl())));
  }
  function leave(): void {
    following -= 1;
    if (following > 0) return;
    void client?.then((opened) => opened.close());
    client = undefined;
  }

  return {
    monotonic: () => performance.now(),
    follow(load, listener) {
      let state: 'following' | 'paused' | 'closed' = 'following';
      let followed: Followed | undefined;
      // What comes to life after the rest of the page has to meet what the server painted.
      Promise.all([join(), load(), turns.done()]).then(
        ([opened, door]) => {
          if (state === 'closed') return;
          followed = opened.follow(door, listener);
          if (state === 'paused') followed.pause();
        },
        // The files of this build are gone from the server, or it is away.
        () => listener.onLink({ state: 'refused', message: 'The live part of this page did not load: reload it.' }),
      );
      return {
        pause() {
          state = 'paused';
          followed?.pause();
        },
        resume() {
          state = 'following';
          followed?.resume();
        },
        close() {
          if (state === 'closed') return;
          state = 'closed';
          followed?.close();
          leave();
        },
      };
    },
  };
}
