import { alertEntry } from '@deskwire/contracts/alert';
import { z } from 'zod';

/** Newest first; `at` is the server's time of now. */
export const newestAlerts = z.object({ at: z.iso.datetime(), alerts: z.array(alertEntry) });
