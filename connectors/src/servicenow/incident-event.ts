/** One row of the incident log, texts as they stand there; `?` is how the log writes "missing". */
export interface IncidentUpdate {
  number: string;
  modCount: string;
  state: string;
  openedAt: string;
  updatedAt: string;
  priority: string;
  team: string;
  assignee: string;
  caller: string;
  contactType: string;
}

export interface EventOptions {
  /** First segment is the token of the subject, e.g. `servicenow/uci`. */
  source: string;
  /** Added to every time of the log. */
  shiftMs: number;
}

/**
 * An update as a `ticket.snapshot`, ready for JSON. Nothing is dropped or repaired: what the contract does not know (state
 * `-100`, an unreadable time) is sent as it stands, so that the ledger refuses it with its reason and counts it.
 */
export function toSnapshot(update: IncidentUpdate, { source, shiftMs }: EventOptions) {
  const updatedAt = toUtc(update.updatedAt, shiftMs);
  return {
    specversion: '1.0',
    id: `${update.number}/${update.modCount}`,
    source,
    type: 'ticket.snapshot',
    time: updatedAt,
    subject: known(update.number),
    data: {
      ticket_id: known(update.number),
      created_at: toUtc(update.openedAt, shiftMs),
      updated_at: updatedAt,
      source_version: /^\d+$/.test(update.modCount) ? Number(update.modCount) : known(update.modCount),
      status: statuses.get(update.state) ?? known(update.state),
      priority: priorities.get(update.priority.slice(0, 1)) ?? known(update.priority),
      team: known(update.team),
      assignee: known(update.assignee),
      channel: known(update.contactType),
      customer_id: known(update.caller),
    },
  };
}

const statuses = new Map([
  ['New', 'new'],
  ['Active', 'open'],
  ['Awaiting User Info', 'pending'],
  ['Awaiting Problem', 'hold'],
  ['Awaiting Vendor', 'hold'],
  ['Awaiting Evidence', 'hold'],
  ['Resolved', 'solved'],
  ['Closed', 'closed'],
]);

/** The log writes `3 - Moderate`. */
const priorities = new Map([
  ['1', 'urgent'],
  ['2', 'high'],
  ['3', 'normal'],
  ['4', 'low'],
]);

const known = (text: string) => (text === '?' || text === '' ? undefined : text);

function toUtc(text: string, shiftMs: number): string | undefined {
  const ms = parseLogTime(text);
  return ms === undefined ? known(text) : new Date(ms + shiftMs).toISOString();
}

/** Unix ms of `d/m/yyyy HH:MM`, unpadded, read as UTC since the log names no zone; undefined for anything else, 31/2 too. */
export function parseLogTime(text: string): number | undefined {
  const parts = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})$/.exec(text);
  if (parts === null) return undefined;
  const [day = 0, month = 0, year = 0, hour = 0, minute = 0] = parts.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute));
  const same =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute;
  return same ? date.getTime() : undefined;
}
