import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readKpisPatiently } from '@deskwire/clickhouse/kpi/testing/read-kpis-patiently';
import { toEvents, zendeskTicket } from '@deskwire/connectors/zendesk/ticket-events';
import { subjects } from '@deskwire/contracts/subjects';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { untilApplied } from './src/desk-history.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = resolve(root, process.env['REAL_DATA_DIR'] ?? '../shared/data');
const file = join(folder, 'contracts/zendesk/incremental_tickets_full_1000.json');
if (!existsSync(file)) process.stdout.write(`SKIPPED: no ${file}; a real export is not counted (REAL_DATA_DIR)\n`);

describe.skipIf(!existsSync(file))('an export of 1,000 Zendesk tickets, 515 of them deleted', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    await Promise.all([world.addWorker('ingest').start(), world.addDesk('desk').start()]);
    const { tickets } = z
      .object({ response: z.object({ tickets: z.array(zendeskTicket) }) })
      .parse(JSON.parse(readFileSync(file, 'utf8'))).response;
    const events = tickets.flatMap((ticket) => toEvents(ticket, { source: 'zendesk/acme', groups: new Map() }));
    const js = world.nc.jetstream();
    await Promise.all(events.map((event) => js.publish(subjects.event('zendesk', event.type), JSON.stringify(event))));
    await untilApplied(world);
    await untilStored(world, 45_000, 'TICKETS');
  });
  afterAll(() => world.close());

  it('is counted: all of them created, none solved, the deleted ones out of the backlog', async () => {
    const names = ['created', 'solved', 'reopened', 'backlog', 'unassigned'] as const;
    const range = { from: Date.UTC(2023, 8, 18), to: Date.UTC(2023, 8, 19) };
    const rows = await readKpisPatiently(world.client, { names, range, by: 'channel' });
    const figures = rows.map(({ kpi, group, figure }) => `${kpi} ${group ?? 'of all'}: ${figure.n}`);
    expect(figures.sort()).toEqual([
      'backlog api: 485',
      'backlog of all: 485',
      'created api: 1000',
      'created of all: 1000',
      'unassigned api: 485',
      'unassigned of all: 485',
    ]);
  });
});
