import type { KpiAnswers } from '@deskwire/contracts/kpi';

/** Between two events of a busy desk its figures are complete for a moment: shown each time, their marks would blink all day. */
const steadyMs = 10_000;

/**
 * Gives one answer after the other as it is shown: a figure is complete only once nothing has been on its way for a while, and never
 * when its answer says otherwise. `at`: of the answer, by the server's clock, ISO.
 */
export function createSteadyMarks(): (kpis: KpiAnswers, at: string) => KpiAnswers {
  let provisionalAt = -Infinity;
  return (kpis, at) => {
    const answers = Object.entries(kpis);
    if (answers.some(([, { completeness }]) => completeness.state === 'provisional')) provisionalAt = Date.parse(at);
    if (Date.parse(at) - provisionalAt >= steadyMs) return kpis;
    const steady = answers.map(([name, answer]) => {
      const { completeness } = answer;
      return [name, completeness.state === 'complete' ? { ...answer, completeness: provisional } : answer];
    });
    return Object.fromEntries(steady);
  };
}

const provisional = { state: 'provisional' } as const;
