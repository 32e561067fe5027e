import type { KpiDoor } from '@deskwire/clickhouse/kpi/kpi-door';
import {
  answersOf,
  readForAnswers,
  type AnswersQuestion,
  type KpiReading,
} from '@deskwire/clickhouse/kpi/read-kpi-answers';
import type { KpiAnswers } from '@deskwire/contracts/kpi';
import { isPartOfTeams, rowsFor } from './share-kpis';
import { shareRunning, type SharingOptions } from './share-running';

/**
 * One reading answers all who ask the same about all teams or about one of them, so that it is made anew while they get the last
 * one, and nobody has to wait for it. Anything else is shared by its address alone. Throws QueryError.
 */
export function shareAnswers(kpis: KpiDoor, sharing: SharingOptions<AnswersQuestion>) {
  const read = shareRunning((question: AnswersQuestion) => readForAnswers(kpis, question), sharing);

  return async (address: URLSearchParams, question: AnswersQuestion): Promise<KpiAnswers> => {
    if (!isPartOfTeams(question)) return answersOf(await read(`${address}`, question), question);
    const ofAllTeams = new URLSearchParams(address);
    for (const name of ['scope', 'team', 'by']) ofAllTeams.delete(name);
    const reading = await read(`teams ${ofAllTeams}`, { ...question, filters: {}, by: 'team' });
    return answersOf(readingFor(question, reading), question);
  };
}

function readingFor(question: AnswersQuestion, { rows, proofOf, previous }: KpiReading): KpiReading {
  const whole = { rows: rowsFor(question, rows), proofOf };
  if (previous === undefined) return whole;
  return { ...whole, previous: { ...previous, rows: rowsFor(question, previous.rows) } };
}
