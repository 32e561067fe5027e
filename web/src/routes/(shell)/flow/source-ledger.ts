import type { FlowReport, FlowSource } from '@deskwire/contracts/flow';
import { streams } from '@deskwire/contracts/subjects';
import { formatCount } from '../../../lib/format';

/** Whether a source's events are all accounted for, in words. */
export interface SourceLedger {
  adds: boolean;
  word: string;
  why: string;
}

/** Received = accepted + duplicate + rejected, which proves something only while every position of EVENTS has its rows. `fresh`: false when that is the last that is known. Pure. */
export function sourceLedger(
  source: FlowSource,
  { streams: all }: Pick<FlowReport, 'streams'>,
  fresh: boolean,
): SourceLedger {
  const { received, accepted, duplicate, rejected } = source;
  const counted = accepted + duplicate + rejected;
  if (received !== counted) {
    const why = `${formatCount(received)} received, ${formatCount(counted)} accepted, duplicate or rejected`;
    return { adds: false, word: fresh ? 'does not add up' : 'did not add up', why };
  }
  if (source.missing !== undefined) {
    const why = `It says that it has sent ${formatCount(source.missing.events)} more than arrived since ${source.missing.from}`;
    return { adds: false, word: `${formatCount(source.missing.events)} missing`, why };
  }
  const events = all.find(({ stream }) => stream === streams.events);
  if (events !== undefined && events.missing > 0) {
    const why = `${formatCount(events.missing)} of the messages that arrived (EVENTS) are not stored; whose they are is not known`;
    return { adds: false, word: 'not proven', why };
  }
  if (events === undefined || !events.balanced)
    return {
      adds: false,
      word: 'not proven',
      why: 'The messages that arrived (EVENTS) brought another number of events than are stored',
    };
  const why =
    'Received = accepted + duplicate + rejected, and every message that arrived (EVENTS) is stored, or known to be lost';
  return { adds: true, word: fresh ? 'adds up' : 'added up', why };
}
