import type { KpiRow } from '@deskwire/clickhouse/kpi/read-kpis';
import { readKpisPatiently } from '@deskwire/clickhouse/kpi/testing/read-kpis-patiently';
import { kpiDimensions } from '@deskwire/contracts/kpi-request';
import { kpiNames } from '@deskwire/contracts/kpi';
import { subjects } from '@deskwire/contracts/subjects';
import { defaultBusinessHours } from '@deskwire/workflows/state/business-time';
import { histories, toTicketEvents, type TicketEnvelope } from '@deskwire/workflows/state/testing/histories';
import { naiveKpis } from '@deskwire/workflows/state/testing/naive-kpis';
import { naiveTickets, type NaiveTicket } from '@deskwire/workflows/state/testing/naive-ticket';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilApplied } from './src/desk-history.ts';
import type { Part } from './src/part.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

/** TEST_SEED makes other histories; the name of a test has it. */
const seed = Number(process.env['TEST_SEED'] ?? 7);
let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.addWorker('ingest').start();
});
afterAll(() => world.close());

/** Runs share one desk: each has sources of its own. */
function rename(history: TicketEnvelope[], run: string): TicketEnvelope[] {
  return history.map((envelope) => ({ ...envelope, source: envelope.source.replace(/^[a-z]+/, `$&-${run}`) }));
}

async function publish(history: TicketEnvelope[]): Promise<void> {
  const js = world.nc.jetstream();
  // One connection keeps their order.
  await Promise.all(
    history.map((envelope) =>
      js.publish(subjects.event(envelope.source.split('/')[0] ?? '', envelope.type), JSON.stringify(envelope)),
    ),
  );
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

describe.each(['Europe/Berlin', 'Australia/Lord_Howe'])(`histories at a desk in %s, TEST_SEED=${seed}`, (zone) => {
  const hours = defaultBusinessHours(zone);
  const runs = fc.sample(histories, { numRuns: 6, seed: seed + zone.length });
  const named = runs.map((history, run) => rename(history, `${zone.length}-${run}`));
  let desk: Part;

  beforeAll(async () => {
    desk = world.addDesk(`desk-${zone.length}`, { TIME_ZONE: zone });
    await desk.start();
    for (const history of named) await publish(history);
    await untilApplied(world);
    await untilStored(world, 45_000, 'TICKETS');
  });
  afterAll(() => desk.stop());

  it('give the figures of the naive model, for every KPI, by every dimension, over any range', async () => {
    let compared = 0;
    for (const history of named.filter(({ length }) => length > 0)) {
      const tickets = naiveTickets(toTicketEvents(history), hours);
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
          const names = [...kpiNames];
          const rows = await readKpisPatiently(world.client, { names, range, by, filters: { source } });
          const expected = modelled(tickets, range, by);
          expect(sorted(said(rows)), JSON.stringify({ by, range, history })).toEqual(sorted(expected));
          compared += expected.size;
        }
    }
    expect(compared).toBeGreaterThan(500);
  }, 240_000);
});
