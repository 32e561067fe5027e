import type { KpiDoor, ReceiptDoor } from '@deskwire/clickhouse/kpi/kpi-door';
import type { KpiRange } from '@deskwire/clickhouse/kpi/kpi-range';
import {
  answersOf,
  readForAnswers,
  type AnswersQuestion,
  type KpiReading,
} from '@deskwire/clickhouse/kpi/read-kpi-answers';
import { readForSeries, seriesOf, type SeriesQuestion } from '@deskwire/clickhouse/kpi/read-kpi-series';
import { readKpiTickets, type ReceiptPage, type ReceiptQuestion } from '@deskwire/clickhouse/kpi/read-kpi-tickets';
import type { KpiAnswers, KpiSeries } from '@deskwire/contracts/kpi';
import { ofTeamsOrAlone, rowsFor } from './share-kpis';
import { shareRunning, type SharingOptions } from './share-running';

/**
 * One reading answers all who ask the same about all teams or about one of them, so that it is made anew while they get the last
 * one, and nobody has to wait for it. Anything else is shared by its address alone. Throws QueryError and TooManyFigures.
 */
export function shareAnswers(kpis: KpiDoor, sharing: SharingOptions<AnswersQuestion>) {
  const read = shareRunning((question: AnswersQuestion) => readForAnswers(kpis, question), sharing);

  return async (address: URLSearchParams, question: AnswersQuestion): Promise<KpiAnswers> => {
    const alone = () => read(keyOf(address, question), question);
    const ofTeams = async () => {
      const reading = await read(keyOf(ofAllTeams(address), question), { ...question, filters: {}, by: 'team' });
      return readingFor(question, reading);
    };
    return answersOf(await ofTeamsOrAlone(question, ofTeams, alone), question);
  };
}

/** The same of series; `address` has the parameters without the KPI's name. */
export function shareSeries(kpis: KpiDoor, sharing: SharingOptions<SeriesQuestion>) {
  const read = shareRunning((question: SeriesQuestion) => readForSeries(kpis, question), sharing);

  return async (address: URLSearchParams, question: SeriesQuestion): Promise<KpiSeries> => {
    const { name, by } = question;
    const alone = () => read(`${name} ${keyOf(address, question)}`, question);
    const ofTeams = async () => {
      const key = `${name} ${keyOf(ofAllTeams(address), question)}`;
      const reading = await read(key, { ...question, filters: {}, by: 'team' });
      return { ...reading, rows: rowsFor(question, reading.rows) };
    };
    return seriesOf(await ofTeamsOrAlone(question, ofTeams, alone), by);
  };
}

/** The same of receipts, each page by its own address: number and list are of one reading. */
export function shareReceipts(kpis: ReceiptDoor, sharing: SharingOptions<ReceiptQuestion>) {
  const read = shareRunning((question: ReceiptQuestion) => readKpiTickets(kpis, question), sharing);

  return (address: URLSearchParams, question: ReceiptQuestion): Promise<ReceiptPage> =>
    read(`${question.name} ${keyOf(address, question)}`, question);
}

/** An address without `from` means another day after midnight. */
const keyOf = (address: URLSearchParams | string, { range }: { range: KpiRange }) => `${range.from} ${address}`;

/** The same for whoever asks about all teams or about one of them. */
function ofAllTeams(address: URLSearchParams): string {
  const rest = new URLSearchParams(address);
  for (const name of ['scope', 'team', 'by']) rest.delete(name);
  return `teams ${rest}`;
}

function readingFor(question: AnswersQuestion, { rows, proofOf, previous }: KpiReading): KpiReading {
  const whole = { rows: rowsFor(question, rows), proofOf };
  if (previous === undefined) return whole;
  return { ...whole, previous: { ...previous, rows: rowsFor(question, previous.rows) } };
}
