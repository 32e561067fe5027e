import type { FlowReport } from '@deskwire/contracts/flow';

/** What is known of the data flow: `known` false when it could not be read just now, with the last report if there was one. */
export type FlowAnswer =
  { known: true; report: FlowReport } | { known: false; report: FlowReport | undefined; why: string };

/** Reads the data flow once for all who ask within the same moment; never rejects. */
export function createFlowDoor(read: () => Promise<FlowReport>, onFailure: (error: unknown) => void) {
  let last: FlowReport | undefined;
  let inFlight: Promise<FlowAnswer> | undefined;

  async function ask(): Promise<FlowAnswer> {
    try {
      last = await read();
      return { known: true, report: last };
    } catch (error) {
      onFailure(error);
      const why = 'ClickHouse does not answer, so the figures cannot be read.';
      return { known: false, report: last === undefined ? undefined : { ...last, state: 'unknown', why }, why };
    }
  }
  return (): Promise<FlowAnswer> => (inFlight ??= ask().finally(() => (inFlight = undefined)));
}
