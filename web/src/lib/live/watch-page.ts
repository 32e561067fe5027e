const lookMs = 1_000;
/** A clock of the day that runs ahead of the other one by this much: the machine slept, or somebody set it. */
const jumpMs = 2_500;

/**
 * Tells when nobody looks at the page, when the machine wakes, and when the network goes and comes. A sleep is seen by the time of
 * day running ahead of the monotonic clock, which stands still meanwhile; it is good for a doubt and for nothing else.
 */
export function watchPage(on: {
  onHidden: (hidden: boolean) => void;
  onWake: () => void;
  onOffline: () => void;
  onOnline: () => void;
}): { isHidden: () => boolean; stop: () => void } {
  const isHidden = () => document.visibilityState === 'hidden';
  const stopping = new AbortController();
  const { signal } = stopping;
  document.addEventListener('visibilitychange', () => on.onHidden(isHidden()), { signal });
  // A page from the back-forward cache was frozen like a machine that slept.
  window.addEventListener('pageshow', (event) => event.persisted && on.onWake(), { signal });
  window.addEventListener('offline', on.onOffline, { signal });
  window.addEventListener('online', on.onOnline, { signal });

  const ahead = () => Date.now() - performance.now();
  let before = ahead();
  const clock = setInterval(() => {
    const now = ahead();
    if (Math.abs(now - before) > jumpMs) on.onWake();
    before = now;
  }, lookMs);

  return {
    isHidden,
    stop() {
      clearInterval(clock);
      stopping.abort();
    },
  };
}
