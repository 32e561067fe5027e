import type { FeedState } from './run-feed.ts';

/** What each feed of this process does now, as one answer for people and health checks. */
export function createFeedHealth(feeds: string[], clock: () => number) {
  const states = new Map<string, FeedState>(feeds.map((feed) => [feed, { state: 'standby' }]));
  let since = new Date(clock()).toISOString();
  return {
    set(feed: string, next: FeedState): void {
      if (next.state !== states.get(feed)?.state) since = new Date(clock()).toISOString();
      states.set(feed, next);
    },
    /** This process has the feed's lease, and works or tries to. */
    isActive: (feed: string): boolean => states.get(feed)?.state !== 'standby',
    check: () => ({
      part: 'ingest',
      ready: [...states.values()].every(({ state }) => state !== 'retrying'),
      detail: [...states].map(([feed, state]) => `${feed}: ${describe(state)}`).join('; '),
      since,
    }),
  };
}

function describe(state: FeedState): string {
  switch (state.state) {
    case 'reading':
      return 'storing what arrives';
    case 'standby':
      return 'another worker stores it; this one takes over when that stops';
    case 'retrying':
      return `interrupted, begins again from the ledger: ${state.why}`;
    default:
      return state satisfies never;
  }
}
