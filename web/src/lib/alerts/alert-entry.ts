import { alert } from '@deskwire/contracts/alert';
import { alertSeverities } from '@deskwire/contracts/subjects';
import { z } from 'zod';

/** One message of ALERTS as the bell shows it; `seq` is its position there. */
export const alertEntry = alert.extend({
  seq: z.number().int().positive(),
  severity: z.enum(alertSeverities),
  area: z.string(),
});
export type AlertEntry = z.infer<typeof alertEntry>;

/** Newest first; `at` is the server's time of now. */
export const newestAlerts = z.object({ at: z.iso.datetime(), alerts: z.array(alertEntry) });
