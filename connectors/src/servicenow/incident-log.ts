import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { ReplayError } from '../replay/replay-error.ts';
import { parseLogTime, type IncidentUpdate } from './incident-event.ts';
import { openLog } from './open-log.ts';

/** A log is held in memory to be ordered, about 600 B an update. */
const updatesMax = 5_000_000;

/** A quote that is never closed would otherwise take the rest of the file into memory. */
const recordCharactersMax = 262_144;

const columns = {
  number: 'number',
  modCount: 'sys_mod_count',
  state: 'incident_state',
  openedAt: 'opened_at',
  updatedAt: 'sys_updated_at',
  priority: 'priority',
  team: 'assignment_group',
  assignee: 'assigned_to',
  caller: 'caller_id',
  contactType: 'contact_type',
} as const satisfies Record<keyof IncidentUpdate, string>;

/**
 * All updates of a ServiceNow incident log, a CSV or a zip with one, in the order in which they happened: sys_updated_at, then
 * number, then sys_mod_count, then order of the file. Look-ahead columns (resolved_at, closed_at ...) are not read at all.
 * Throws ReplayError.
 */
export async function readIncidentLog(file: string): Promise<IncidentUpdate[]> {
  const { csv, close } = await openLog(file);
  const parser = parse({ bom: true, skip_empty_lines: true, max_record_size: recordCharactersMax });
  csv.on('error', (error) => parser.destroy(error));
  const updates: IncidentUpdate[] = [];
  let pick: ((cells: string[]) => IncidentUpdate) | undefined;
  try {
    for await (const record of csv.pipe(parser)) {
      const cells = csvRecord.parse(record);
      if (pick === undefined) pick = pickColumns(file, cells);
      else updates.push(pick(cells));
      if (updates.length > updatesMax)
        throw new ReplayError(`${file} has more than ${updatesMax} updates: split it by time and replay the parts`);
    }
  } catch (cause) {
    if (cause instanceof ReplayError) throw cause;
    throw new ReplayError(`${file} is not a readable CSV: ${whatIsWrong(cause)}`, { cause });
  } finally {
    csv.destroy();
    close();
  }
  if (updates.length === 0) throw new ReplayError(`${file} holds no updates`);
  return inOrder(updates);
}

/** By time, number, version; Array.sort keeps the file's order among equals. Unreadable times come last. */
export function inOrder(updates: IncidentUpdate[]): IncidentUpdate[] {
  const keyed = updates.map((update) => ({
    update,
    ms: parseLogTime(update.updatedAt) ?? Infinity,
    version: Number(update.modCount),
  }));
  keyed.sort((a, b) => {
    if (a.ms !== b.ms) return a.ms < b.ms ? -1 : 1;
    if (a.update.number !== b.update.number) return a.update.number < b.update.number ? -1 : 1;
    return a.version - b.version || 0; // NaN: a version that is no number keeps its place.
  });
  return keyed.map(({ update }) => update);
}

const csvRecord = z.array(z.string());

function pickColumns(file: string, header: string[]): (cells: string[]) => IncidentUpdate {
  const missing = Object.values(columns).filter((name) => !header.includes(name));
  if (missing.length > 0)
    throw new ReplayError(
      `${file} is no ServiceNow incident log: column${missing.length > 1 ? 's' : ''} ${missing.join(', ')} missing`,
    );
  const at = (name: string) => header.indexOf(name);
  const places = {
    number: at(columns.number),
    modCount: at(columns.modCount),
    state: at(columns.state),
    openedAt: at(columns.openedAt),
    updatedAt: at(columns.updatedAt),
    priority: at(columns.priority),
    team: at(columns.team),
    assignee: at(columns.assignee),
    caller: at(columns.caller),
    contactType: at(columns.contactType),
  };
  return (cells) => ({
    number: cells[places.number] ?? '',
    modCount: cells[places.modCount] ?? '',
    state: cells[places.state] ?? '',
    openedAt: cells[places.openedAt] ?? '',
    updatedAt: cells[places.updatedAt] ?? '',
    priority: cells[places.priority] ?? '',
    team: cells[places.team] ?? '',
    assignee: cells[places.assignee] ?? '',
    caller: cells[places.caller] ?? '',
    contactType: cells[places.contactType] ?? '',
  });
}

/** Never the parser's own message: it quotes what it read. */
function whatIsWrong(cause: unknown): string {
  if (cause instanceof CsvError) return `${cause.code} near line ${Number(cause['lines'])}`;
  return cause instanceof Error ? cause.message : String(cause);
}
