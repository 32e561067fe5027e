import type { DeskState } from './run-desk.ts';

/** How the desk is, in one sentence that says what to do where something is wrong. `heldMax`: events held back before reading pauses. */
export function describeDesk(state: DeskState, heldMax: number): { ready: boolean; detail: string } {
  switch (state.state) {
    case 'standby':
      return { ready: true, detail: 'another desk applies events; this one takes over when it stops' };
    case 'waiting':
      return state.for === 'ingest'
        ? { ready: true, detail: 'waits until ingest has stored the first event of the stream' }
        : { ready: false, detail: 'waits for ClickHouse, since EVENTS alone does not say where the desk stopped' };
    case 'retrying':
      return { ready: false, detail: `interrupted, begins again from the floor: ${state.why}` };
    case 'applying':
      return describeLanes(state.lanes.state(), heldMax);
    default:
      return state satisfies never;
  }
}

interface LanesState {
  held: number;
  lanesHeld: number;
  failing: string | undefined;
}

function describeLanes({ held, lanesHeld, failing }: LanesState, heldMax: number): { ready: boolean; detail: string } {
  if (failing !== undefined) return { ready: false, detail: `changes are refused and tried again: ${failing}` };
  if (lanesHeld === 0) return { ready: true, detail: 'applying events to tickets' };
  const what = `${held} events of ${lanesHeld} tickets cannot be applied and are held back; the alerts name them`;
  return held >= heldMax
    ? { ready: false, detail: `reading has stopped: ${what}` }
    : { ready: true, detail: `applying events to tickets; ${what}` };
}
