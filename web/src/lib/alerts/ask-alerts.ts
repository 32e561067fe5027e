import '$lib/live/zod-without-eval';
import type { z } from 'zod';
import { askWeb } from '../ask-web';
import { newestAlerts } from './alert-entry';

/** Undefined when they cannot be read now. Imported after the first paint: schemas are nothing that it needs. */
export async function askAlerts(): Promise<z.infer<typeof newestAlerts> | undefined> {
  try {
    const response = await askWeb('/alerts.json');
    return response.ok ? newestAlerts.parse(await response.json()) : undefined;
  } catch {
    return undefined; // The web server is away; the list says from when it is.
  }
}
