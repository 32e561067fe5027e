import type { KpiName } from '@deskwire/contracts/kpi';
import type { Priority } from './view';

interface Words {
  label: string;
  /** What a person reads in place of a number when nothing stands behind it. */
  none: string;
  /** Whether more of it is good news; undefined: neither. */
  moreIs: 'good' | 'bad' | undefined;
}

/** What people call the KPIs. */
export const kpiWords: Record<KpiName, Words> = {
  created: { label: 'Created', none: 'None', moreIs: undefined },
  solved: { label: 'Solved', none: 'None', moreIs: 'good' },
  reopened: { label: 'Reopened', none: 'None', moreIs: 'bad' },
  backlog: { label: 'Backlog', none: 'Nothing open', moreIs: 'bad' },
  unassigned: { label: 'Unassigned', none: 'None', moreIs: 'bad' },
  first_reply_time: { label: 'First reply', none: 'No replies', moreIs: 'bad' },
  next_reply_time: { label: 'Next reply', none: 'No replies', moreIs: 'bad' },
  first_resolution_time: { label: 'First resolution', none: 'None solved', moreIs: 'bad' },
  full_resolution_time: { label: 'Full resolution', none: 'None solved', moreIs: 'bad' },
  requester_wait_time: { label: 'Requester wait', none: 'None solved', moreIs: 'bad' },
  one_touch_rate: { label: 'One touch', none: 'None solved', moreIs: 'good' },
  reopen_rate: { label: 'Reopen rate', none: 'None solved', moreIs: 'bad' },
  sla_attainment: { label: 'SLA met', none: 'Not measured', moreIs: 'good' },
  csat: { label: 'CSAT', none: 'No ratings', moreIs: 'good' },
  csat_response_rate: { label: 'CSAT responses', none: 'Not measured', moreIs: 'good' },
  escalation_rate: { label: 'Escalated', none: 'Not measured', moreIs: 'bad' },
};

export const priorityWords: Record<Priority, string> = {
  urgent: 'Urgent',
  high: 'High',
  normal: 'Normal',
  low: 'Low',
  '': 'Not set',
};

/** Whose tickets are shown: "All teams", "Billing, urgent only". */
export function scopeLabel(scope: string, priority: Priority | undefined): string {
  const whose = scope === 'all' ? 'All teams' : teamLabel(scope.slice('team:'.length));
  if (priority === undefined) return whose;
  return `${whose}, ${priority === '' ? 'without priority' : `${priority} only`}`;
}

const teamLabels = new Map<string, string>();

/**
 * A team as people read it: KPIs know its id, a slug of the name that its source gives it, which holds names of other letters as they
 * are. Kept: each figure of a team says it, and to look for such letters takes long.
 */
export function teamLabel(team: string): string {
  const known = teamLabels.get(team);
  if (known !== undefined) return known;
  const label = labelOf(team);
  teamLabels.set(team, label);
  return label;
}

function labelOf(team: string): string {
  if (team === '') return 'Without team';
  const words = team.replaceAll('-', ' ');
  return nameWithin(team) ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** The name that an id made by `teamSlug` consists of where the name has no letter or digit of ASCII. */
function nameWithin(team: string): string | undefined {
  const [, letters] = /^team-([\w-]+)$/.exec(team) ?? [];
  if (letters === undefined) return undefined;
  try {
    const bytes = atob(letters.replaceAll('-', '+').replaceAll('_', '/'));
    const name = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
    return /[a-z0-9]/i.test(name.normalize('NFKD')) ? undefined : name;
  } catch {
    return undefined; // No name at all: words that begin with "team".
  }
}
