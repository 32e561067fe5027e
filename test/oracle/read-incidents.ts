import { parse } from 'csv-parse';
import { openPromise } from 'yauzl';

/** What one update of the real incident log says, read from the CSV alone: nothing here knows the product. Times: Unix ms. */
export interface Update {
  ticket: string;
  openedMs: number;
  updatedMs: number;
  solved: boolean;
  /** '' where the log says nothing. */
  team: string;
  priority: string;
  assignee: string;
}

const priorities: Record<string, string> = { '1': 'urgent', '2': 'high', '3': 'normal', '4': 'low' };
const states = new Set([
  ...['New', 'Active', 'Awaiting User Info', 'Awaiting Problem', 'Awaiting Vendor', 'Awaiting Evidence'],
  ...['Resolved', 'Closed'],
]);

/** Updates by ticket, in the order in which they happened: without the rows of unknown state and without repeated (number, version) pairs. */
export async function readIncidents(zipFile: string): Promise<Map<string, Update[]>> {
  const zip = await openPromise(zipFile, { lazyEntries: true, autoClose: false });
  const rows: { update: Update; version: number; at: number }[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('.csv')) continue;
      const bytes = await zip.openReadStreamPromise(entry);
      const lines: AsyncIterable<Record<string, string>> = bytes.pipe(parse({ columns: true }));
      for await (const line of lines) {
        if (!states.has(line['incident_state'] ?? '')) continue;
        rows.push({ update: toUpdate(line), version: Number(line['sys_mod_count']), at: rows.length });
      }
    }
  } finally {
    zip.close();
  }
  rows.sort((a, b) => a.update.updatedMs - b.update.updatedMs || a.version - b.version || a.at - b.at);
  const byTicket = new Map<string, Update[]>();
  const seen = new Set<string>();
  for (const { update, version } of rows) {
    // Five pairs of ticket and version occur twice: what happened first stands.
    const identity = `${update.ticket}/${version}`;
    if (seen.has(identity)) continue;
    seen.add(identity);
    byTicket.set(update.ticket, [...(byTicket.get(update.ticket) ?? []), update]);
  }
  return byTicket;
}

function toUpdate(line: Record<string, string>): Update {
  const text = (name: string) => (line[name] === '?' ? '' : (line[name] ?? ''));
  return {
    ticket: text('number'),
    openedMs: instant(text('opened_at')),
    updatedMs: instant(text('sys_updated_at')),
    solved: ['Resolved', 'Closed'].includes(text('incident_state')),
    team: text('assignment_group').toLowerCase().replace(' ', '-'),
    priority: priorities[text('priority').slice(0, 1)] ?? '',
    assignee: text('assigned_to'),
  };
}

/** `d/m/yyyy HH:MM`, read as UTC. */
function instant(text: string): number {
  const [day = 0, month = 0, year = 0, hour = 0, minute = 0] = text.split(/[/ :]/).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute);
}
