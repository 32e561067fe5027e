import type { FlowReport } from '@deskwire/contracts/flow';
import { shareRunning, type SharingOptions } from './share-running';

/** What is known of the data flow: `known` false when it could not be read just now, with the last report if there was one. */
export type FlowAnswer =
  { known: true; report: FlowReport } | { known: false; report: FlowReport | undefined; why: string };

/** Reads the data flow once for all who ask within the same moment; never rejects. `graceMax` as of `shareRunning`. */
export function createFlowDoor(
  read: () => Promise<FlowReport>,
  onFailure: (error: unknown) => void,
  sharing: SharingOptions<undefined> = {},
) {
  let last: FlowReport | undefined;
  const share = shareRunning(
    () =>
      read().catch((error: unknown) => {
        onFailure(error);
        throw error;
      }),
    sharing,
  );

  return async (graceMax?: number): Promise<FlowAnswer> => {
    try {
      last = await share('flow', undefined, graceMax);
      return { known: true, report: last };
    } catch {
      const why = 'The figures cannot be read at the moment.';
      return {
        known: false,
        report: last === undefined ? undefined : { ...last, state: 'unknown', why, repeated: true },
        why,
      };
    }
  };
}
