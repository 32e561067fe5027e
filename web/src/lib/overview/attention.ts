import type { FlowReport } from '@deskwire/contracts/flow';
import type { KpiAnswers } from '@deskwire/contracts/kpi';
import { formatCount, formatDuration, formatShare } from '../format';
import { comparedFigure, isKnownBefore } from './compared-mark';
import { figureTrend } from './figure-trend';
import type { OverviewFigures } from './figures';
import { plainValue } from './figure-text';
import { teamLabel } from './kpi-words';
import type { View } from './view';

/** Something that a person should look at now, with what to do and where. */
export interface Attention {
  id: string;
  weight: 'urgent' | 'soon';
  says: string;
  action: string;
  /** Undefined where whoever looks may not go. */
  to: { view: Partial<View> } | { page: string } | undefined;
}

export interface AttentionQuestion {
  answers: KpiAnswers;
  figures: OverviewFigures;
  /** Absent for whoever may not see the data flow. */
  flow: FlowReport | undefined;
}

/** Rules over KPIs and the data flow; urgent ones first. Pure. No prediction beyond what is counted. */
export function needsAttention(question: AttentionQuestion): Attention[] {
  const found = [...flowRules(question), ...kpiRules(question), ...teamRules(question)];
  return [...found.filter(({ weight }) => weight === 'urgent'), ...found.filter(({ weight }) => weight === 'soon')];
}

/** A rate or a median of fewer is left alone. */
const enough = 20;

function flowRules({ flow, answers }: AttentionQuestion): Attention[] {
  const rules: Attention[] = [];
  if (flow !== undefined) {
    for (const { source } of flow.sources.filter(({ state }) => state === 'silent'))
      rules.push({
        ...{
          id: `silent ${source}`,
          weight: 'urgent',
          says: `${source} is silent: three of its heartbeats are missing`,
        },
        ...{ action: 'See the source', to: { page: '/flow' } },
      });
    if (flow.state === 'incomplete' && flow.why !== null) {
      // What is lost, or was never sent, is named there; what is neither has to be looked for.
      const isUnexplained = flow.streams.some(({ missing }) => missing > 0);
      const says = `Figures are incomplete: ${flow.why}${isUnexplained ? '. An administrator finds which with npm run self-check' : ''}`;
      rules.push({ id: 'incomplete', weight: 'urgent', says, action: 'See what is missing', to: { page: '/flow' } });
    }
  }
  const rejected = answers.created?.completeness.rejected ?? 0;
  if (rejected > 0)
    rules.push({
      ...{ id: 'rejected', weight: 'urgent' },
      says:
        rejected === 1
          ? '1 rejected event waits to be mended'
          : `${formatCount(rejected)} rejected events wait to be mended`,
      action: rejected === 1 ? 'See it' : 'See them',
      to: flow === undefined ? undefined : { page: '/flow/rejected' },
    });
  return rules;
}

function kpiRules({ answers, figures }: AttentionQuestion): Attention[] {
  const rules: Attention[] = [];
  const { backlog, unassigned: alone } = answers;
  // The tile beside it shows no number then.
  const isOver = Date.parse(figures.to) < Date.parse(figures.at);
  const isKnown = backlog?.completeness.state !== 'unknown' && alone?.completeness.state !== 'unknown';
  const [open, unassigned] = [backlog?.n ?? 0, alone?.n ?? 0];
  if (isKnown && open >= enough && unassigned / open >= 0.1)
    rules.push({
      ...{ id: 'unassigned', weight: 'soon', action: 'See them', to: { view: { receipt: { name: 'unassigned' } } } },
      says: `${formatCount(unassigned)} of ${formatCount(open)} open tickets ${isOver ? 'had' : 'have'} no assignee`,
    });
  const { first_reply_time: reply, csat, reopen_rate: reopens } = answers;
  const before = {
    first_reply_time: comparedFigure('first_reply_time', figures),
    csat: comparedFigure('csat', figures),
  };
  if (reply !== undefined && before.first_reply_time !== undefined) {
    const [is, was] = [plainValue('first_reply_time', reply), plainValue('first_reply_time', before.first_reply_time)];
    if (is !== null && was !== null && reply.n >= enough && before.first_reply_time.n >= enough && is > 1.5 * was)
      rules.push({
        ...{
          id: 'reply',
          weight: 'soon',
          action: 'See which',
          to: { view: { receipt: { name: 'first_reply_time' } } },
        },
        says: `First replies take ${formatDuration(is)}, ${formatDuration(was)} in the period before, n ${formatCount(reply.n)}`,
      });
  }
  if (csat !== undefined && before.csat !== undefined && csat.n >= enough && before.csat.n >= enough) {
    const [is, was] = [plainValue('csat', csat) ?? 0, plainValue('csat', before.csat) ?? 0];
    if (was - is >= 0.05)
      rules.push({
        ...{ id: 'csat', weight: 'soon', action: 'See the ratings', to: { view: { receipt: { name: 'csat' } } } },
        says: `CSAT fell from ${formatShare(was)} to ${formatShare(is)}, n ${formatCount(csat.n)}`,
      });
  }
  if (reopens !== undefined && reopens.n >= enough && (plainValue('reopen_rate', reopens) ?? 0) >= 0.1)
    rules.push({
      ...{ id: 'reopened', weight: 'soon', action: 'See which', to: { view: { receipt: { name: 'reopened' } } } },
      says: `${formatShare(plainValue('reopen_rate', reopens) ?? 0)} of the solved tickets came back, n ${formatCount(reopens.n)}`,
    });
  return rules;
}

/** A backlog that grows while fewer are solved does not shrink by itself. */
function teamRules({ figures }: AttentionQuestion): Attention[] {
  // Of an incomplete figure only the least is known: it may not have fallen at all.
  const now = figures.answers.solved?.completeness.state;
  if (now === 'incomplete' || now === 'unknown' || !isKnownBefore('solved', figures)) return [];
  return figures.teams.flatMap(({ team, figures: now, compared }): Attention[] => {
    const [open, opened, solved] = [now.backlog?.n ?? 0, now.created?.n ?? 0, now.solved];
    const trend = solved === undefined ? undefined : figureTrend('solved', solved, compared.solved);
    const grew = opened - (solved?.n ?? 0);
    if (grew < 5 || grew < 0.1 * open || trend?.direction !== 'down') return [];
    const scope = `team:${team}` as const;
    // It is looked at already, or there is no page of it.
    const isTickets = team === '' || figures.scope === scope;
    const to = { view: isTickets ? { receipt: { name: 'backlog' as const, team } } : { scope } };
    const action = isTickets ? 'See its open tickets' : 'Look at the team';
    return [
      {
        ...{ id: `team ${team}`, weight: 'soon', action, to },
        says: `${teamLabel(team)}: ${formatCount(grew)} more came in than were solved, and it solved ${trend.text} less`,
      },
    ];
  });
}
