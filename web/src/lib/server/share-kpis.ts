import type { ReceiptDoor } from '@deskwire/clickhouse/kpi/kpi-door';
import { isLong, type KpiRange } from '@deskwire/clickhouse/kpi/kpi-range';
import type { ReceiptRowsQuestion } from '@deskwire/clickhouse/kpi/read-kpi-tickets';
import type { KpiQuestion, KpiRow } from '@deskwire/clickhouse/kpi/read-kpis';
import { TooManyFigures } from '@deskwire/clickhouse/kpi/too-many-figures';
import { kpiDimensions } from '@deskwire/contracts/kpi-request';
import { shareRunning } from './share-running';
import { takeTurns } from './take-turns';

const turns = {
  takesPart: ({ range }: { range: KpiRange }) => isLong(range),
  ...{ atOnce: 1, waitingMax: 50, waitMaxMs: 10_000 },
};
type PartOfTeams = Pick<KpiQuestion, 'edges' | 'filters' | 'by'>;
/** Beyond, buckets are asked for alone: all teams' would be a long answer. */
const bucketsMax = 200;

/**
 * Makes few statements of many people's questions: the same one is asked once; the whole and each team are taken out of the answer
 * by team, so that all of them cost one statement; long ranges take turns, for figures and for what stands behind them.
 */
export function shareKpis(kpis: ReceiptDoor): ReceiptDoor {
  const inTurn = takeTurns(turns);
  // A question names the proof that stands beside its answer, so nobody gets figures that are older than what is said of them.
  const sharing = { keptMs: (tookMs: number) => Math.min(5_000, tookMs) };
  const figures = shareRunning((question: KpiQuestion) => inTurn(question, kpis.figures), sharing);
  const receiptRows = shareRunning((question: ReceiptRowsQuestion) => inTurn(question, kpis.receiptRows), sharing);
  const facts = shareRunning(kpis.facts, { keptMs: () => 0 });
  const ask = (question: KpiQuestion) => {
    const { names, range, edges, filters, by, asOf, figuresMax } = question;
    return figures(JSON.stringify([names, range, edges, filters, by, asOf, figuresMax]), question);
  };
  return {
    receiptRows: (question) => {
      const { name, range, filters, after, limit, asOf } = question;
      return receiptRows(JSON.stringify([name, range, filters, after, limit, asOf]), question);
    },
    facts: (range) => facts(`${range.from} ${range.to}`, range),
    figures: (question) => {
      const ofTeams = async () => rowsFor(question, await ask({ ...question, filters: {}, by: 'team' }));
      return ofTeamsOrAlone(question, ofTeams, () => ask(question));
    },
  };
}

/** The answer by team for all who ask about all or one of them, unless it would have more figures than one about the whole, or about that team, may have. */
export async function ofTeamsOrAlone<Answer>(
  question: PartOfTeams,
  ofTeams: () => Promise<Answer>,
  alone: () => Promise<Answer>,
): Promise<Answer> {
  if (!isPartOfTeams(question)) return alone();
  try {
    return await ofTeams();
  } catch (error) {
    const isAboutEach = question.by === 'team' && (question.filters?.team ?? []).length === 0;
    if (error instanceof TooManyFigures && !isAboutEach) return alone();
    throw error;
  }
}

/** What of the rows by team of all teams answers a question that `isPartOfTeams`. */
export function rowsFor({ filters = {}, by }: Pick<KpiQuestion, 'filters' | 'by'>, rows: readonly KpiRow[]): KpiRow[] {
  const [team] = filters.team ?? [];
  const isWhole = ({ group }: KpiRow) => group === (team ?? null);
  const whole = rows.filter(isWhole).map((row) => ({ ...row, group: null }));
  if (by !== 'team') return whole;
  return [...whole, ...rows.filter(({ group }) => (team === undefined ? group !== null : group === team))];
}

/** About all teams or one of them, by nothing else. */
function isPartOfTeams({ edges = [], filters = {}, by = 'none' }: PartOfTeams): boolean {
  const isFiltered = kpiDimensions.some(
    (dimension) => (filters[dimension]?.length ?? 0) > (dimension === 'team' ? 1 : 0),
  );
  return !isFiltered && (by === 'none' || by === 'team') && edges.length <= bucketsMax;
}
