import type { FlowReport } from '@deskwire/contracts/flow';
import type { OverviewAnswer } from './ask-overview';
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
      return { known: false, report: last === undefined ? undefined : repeated(last), why };
    }
  };
}

const why = 'The figures cannot be read at the moment.';
const repeated = (report: FlowReport): FlowReport => ({ ...report, state: 'unknown', why, repeated: true });

/** The report that is painted beside an answer: where figures could not be read, one of a moment before says nothing of now. */
export function reportBeside(answer: OverviewAnswer, { report }: FlowAnswer): FlowReport | undefined {
  const isAway = answer.state === 'refused' && answer.status >= 500;
  return isAway && report !== undefined ? repeated(report) : report;
}
