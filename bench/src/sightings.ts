/** A figure as somebody came to see it: how many events it counts, and when, ms. */
export interface Sighting {
  count: number;
  atMs: number;
}

/**
 * How long each event waited to be counted, ms, by its place: the n-th one, from 0, is contained in the first figure that counts
 * more than n. Those that no figure counts have no wait. Throws when the figures cannot be those of these events: they fall (a new
 * day begins), or they count what was not published yet.
 */
export function waitsUntilSeen(publishedAtMs: readonly number[], sightings: readonly Sighting[]): number[] {
  const waitsMs: number[] = [];
  let before = 0;
  for (const { count, atMs } of sightings) {
    if (count < before) throw new Error(`the figures fell from ${before} to ${count}: did a day end? Measure again`);
    before = count;
    while (waitsMs.length < count) {
      const publishedMs = publishedAtMs[waitsMs.length];
      if (publishedMs === undefined || publishedMs > atMs)
        throw new Error(`the figures count ${count} events, but only ${waitsMs.length} were published`);
      waitsMs.push(atMs - publishedMs);
    }
  }
  return waitsMs;
}
