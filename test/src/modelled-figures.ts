import type { KpiRow } from '@deskwire/clickhouse/kpi/read-kpis';
import { readKpisPatiently } from '@deskwire/clickhouse/kpi/testing/read-kpis-patiently';
import { kpiDimensions } from '@deskwire/contracts/kpi-request';
import { kpiNames } from '@deskwire/contracts/kpi';
import { subjects } from '@deskwire/contracts/subjects';
import { defaultBusinessHours } from '@deskwire/workflows/state/business-time';
import { toTicketEvents, type TicketEnvelope } from '@deskwire/workflows/state/testing/histories';
import { naiveKpis } from '@deskwire/workflows/state/testing/naive-kpis';
import { naiveTickets, type NaiveTicket } from '@deskwire/workflows/state/testing/naive-ticket';
import { expect } from 'vitest';
import type { World } from './world.ts';

/** Runs share one desk: each has sources of its own. */
export function rename(history: TicketEnvelope[], run: string): TicketEnvelope[] {
  return history.map((envelope) => ({ ...envelope, source: envelope.source.replace(/^[a-z]+/, `$&-${run}`) }));
}

/** In their order. */
export async function publishHistory(world: World, history: TicketEnvelope[]): Promise<void> {
  const js = world.nc.jetstream();
  // One connection keeps their order.
  await Promise.all(
    history.map((envelope) =>
      js.publish(subjects.event(envelope.source.split('/')[0] ?? '', envelope.type), JSON.stringify(envelope)),
    ),
  );
}

/**
 * Every KPI of the sources of a history, by every dimension, over three ranges, is what the naive model makes of it. Answers how many
 * figures were compared.
 */
export async function expectModelled(world: World, history: TicketEnvelope[], zone: string): Promise<number> {
  let compared = 0;
  if (history.length === 0) return compared;
  const tickets = naiveTickets(toTicketEvents(history), defaultBusinessHours(zone));
  const source = [...new Set(history.map((envelope) => envelope.source))];
  const times = history.map(({ time }) => Date.parse(time)).sort((a, b) => a - b);
  const [first = 0, middle = 0, last = 0] = [times[0], times[times.length >> 1], times.at(-1)];
  for (const range of [
    { from: first - 86_400_000, to: last + 86_400_000 },
    { from: middle, to: last + 1 },
    { from: first, to: middle + 1 },
  ])
    for (const by of ['none', ...kpiDimensions] as const) {
      if (range.from >= range.to) continue;
      const rows = await readKpisPatiently(world.client, { names: [...kpiNames], range, by, filters: { source } });
      const expected = modelled(tickets, range, by);
      expect(sorted(said(rows)), JSON.stringify({ by, range, history })).toEqual(sorted(expected));
      compared += expected.size;
    }
  return compared;
}

/** As the product says it: figures by KPI and group; what is not there has n = 0. */
function said(rows: KpiRow[]): Map<string, unknown> {
  return new Map(
    rows.map(({ kpi, group, figure }) => {
      const { value, n, business } = figure;
      return [`${kpi} ${group}`, rounded(business === undefined ? { n, value } : { n, calendar: value, business })];
    }),
  );
}

/** As the model says it, in the same form; null is the whole. */
function modelled(
  tickets: NaiveTicket[],
  range: { from: number; to: number },
  by: (typeof kpiDimensions)[number] | 'none',
) {
  const groups = by === 'none' ? [] : tickets.flatMap((ticket) => dimensionsOf(ticket).map((all) => all[by]));
  return new Map(
    [null, ...new Set(groups)].flatMap((group) =>
      Object.entries(naiveKpis(tickets, { ...range, ...(group === null ? {} : { where: { [by]: group } }) }))
        .filter(([, { n }]) => n > 0)
        .map(([kpi, figure]) => [`${kpi} ${group}`, rounded(figure)] as const),
    ),
  );
}

const dimensionsOf = ({ created, states, ratings }: NaiveTicket) =>
  [created, ...states, ...ratings].map(({ dimensions }) => dimensions);

/** Sums of the same numbers in another order differ in the last bits. */
function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, leaf: unknown) =>
    typeof leaf === 'number' ? Math.round(leaf * 1e6) / 1e6 : leaf,
  );
}

const sorted = (figures: Map<string, unknown>) => Object.fromEntries([...figures].sort(([a], [b]) => (a < b ? -1 : 1)));
