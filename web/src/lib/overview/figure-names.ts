import type { KpiName } from '@deskwire/contracts/kpi';

/** KPIs of the tiles, in their order. */
export const tileNames = ['backlog', 'created', 'solved', 'first_reply_time', 'sla_attainment', 'csat'] as const;
export type TileName = (typeof tileNames)[number];
/** And what only the list of what needs attention looks at. */
export const askedNames = [...tileNames, 'unassigned', 'reopened', 'reopen_rate'] as const satisfies KpiName[];
/** Drawn over time. */
export const drawnNames = ['created', 'solved', 'backlog', 'first_reply_time', 'csat'] as const satisfies KpiName[];
export const teamNames = ['backlog', 'created', 'solved', 'first_reply_time', 'csat'] as const satisfies KpiName[];
export type TeamName = (typeof teamNames)[number];
