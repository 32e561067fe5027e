import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { openKpiDoor } from '@deskwire/clickhouse/kpi/kpi-door';
import { readKpiAnswers } from '@deskwire/clickhouse/kpi/read-kpi-answers';
import { pathEnv } from '@deskwire/runtime/env';
import { builtService } from '@deskwire/runtime/built-service';
import type { KpiRow } from '@deskwire/clickhouse/kpi/read-kpis';
import { readKpisPatiently } from '@deskwire/clickhouse/kpi/testing/read-kpis-patiently';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from './chaos/random.ts';
import { figuresOf, livesOf, type Figures, type Lives } from './oracle/incident-kpis.ts';
import { readIncidents } from './oracle/read-incidents.ts';
import { untilApplied } from './src/desk-history.ts';
import { untilStored } from './src/until-stored.ts';
import { startWorld, type World } from './src/world.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const log = join(resolve(root, process.env['REAL_DATA_DIR'] ?? '../shared/data'), 'servicenow_incident_event_log.zip');
if (!existsSync(log)) process.stdout.write(`SKIPPED: no ${log}; KPIs of the real log are not tested (REAL_DATA_DIR)\n`);

const names = ['created', 'solved', 'reopened', 'backlog', 'first_resolution_time', 'full_resolution_time'] as const;

/** The product's answer in the oracle's form, by group; the oracle calls the whole ''. */
function figuresBy(rows: KpiRow[]): Map<string, Figures> {
  const groups = new Map<string, Figures>();
  for (const { kpi, group: key, figure } of rows) {
    const group = key ?? '';
    const figures = groups.get(group) ?? { ...nothing };
    groups.set(group, figures);
    if (kpi === 'first_resolution_time' || kpi === 'full_resolution_time') {
      if (typeof figure.value === 'number' || figure.value === null) throw new Error(`${kpi} is no duration`);
      figures[kpi] = { n: figure.n, p50: figure.value.p50, p90: figure.value.p90 };
    } else if (kpi === 'created' || kpi === 'solved' || kpi === 'reopened' || kpi === 'backlog')
      figures[kpi] = figure.n;
  }
  return groups;
}

const nothing: Figures = {
  ...{ created: 0, solved: 0, reopened: 0, backlog: 0 },
  ...{ first_resolution_time: null, full_resolution_time: null },
};

describe.skipIf(!existsSync(log))('the incident log, replayed through the whole system', () => {
  let world: World;
  let lives: Lives;
  let replayed: unknown;
  let first = 0;
  let last = 0;

  /** `npm run replay` of the log: what it says of itself. */
  async function replayLog(): Promise<unknown> {
    const args = [...builtService('connectors/src/replay.ts'), 'servicenow', log, '--json'];
    const env = { ...pathEnv(), ...world.natsLoginOf('operator') };
    const replay = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(replay, 'exit');
    const out = await text(replay.stdout);
    expect(await ended).toEqual([0, null]);
    return JSON.parse(out);
  }

  beforeAll(async () => {
    world = await startWorld();
    await Promise.all([world.addWorker('ingest').start(), world.addDesk('desk').start()]);
    const replay = replayLog();
    lives = livesOf(await readIncidents(log));
    const instants = lives.created.concat(lives.turns).map(({ ms }) => ms);
    first = instants.reduce((a, b) => Math.min(a, b));
    last = instants.reduce((a, b) => Math.max(a, b));
    replayed = await replay;
    await untilApplied(world, 240_000);
    await untilStored(world, 60_000, 'TICKETS');
  }, 360_000);
  afterAll(() => world.close());

  it('is in the ledger whole, the bad and the doubled updates among them', async () => {
    expect(replayed).toMatchObject({
      ...{ published: 141_712, acknowledged: 141_712, rows: 141_712, resumedFrom: 0, complete: true },
      ...{ first: '2016-02-29T01:23:00.000Z', last: '2017-02-18T15:00:00.000Z' },
    });
    const { sources, rejected, totals } = await world.flow();
    const figures = { received: 141_712, accepted: 141_702, duplicate: 5, rejected: 5 };
    expect(sources).toEqual([expect.objectContaining({ source: 'servicenow/uci', ...figures })]);
    expect(rejected).toEqual([{ source: 'servicenow/uci', reason: 'unknown-status', count: 5, waiting: 5 }]);
    expect(totals).toEqual({ ...figures, balanced: true });
  });

  it('publishes nothing when all is published', async () => {
    expect(await replayLog()).toMatchObject({ published: 0, resumedFrom: 141_712, complete: true });
    expect((await world.flow()).totals.received).toBe(141_712);
  });

  it('has the tickets that the data says it has', async () => {
    const range = { from: first, to: last + 1 };
    const whole = figuresBy(await readKpisPatiently(world.client, { names, range }));
    expect(whole).toEqual(figuresOf(lives, { fromMs: first, toMs: last + 1 }));
    expect(whole.get('')).toMatchObject({ created: 24_918, backlog: 0 });
  });

  it('says that five rejected updates are missing where they happened, and nowhere else', async () => {
    const ask = async (from: number, to: number) => {
      const flow = await world.flow();
      const answers = await readKpiAnswers(openKpiDoor(world.client), { names: ['solved'], range: { from, to }, flow });
      return answers.solved?.completeness;
    };
    expect(await ask(first, last + 1)).toMatchObject({ state: 'incomplete', missing: 5 });
    expect(await ask(last - 86_400_000, last + 1)).toEqual({ state: 'complete' });
  });

  it('gives the figures of a computation from the CSV alone, over 20 windows, whole, by team and by priority', async () => {
    const random = createRandom(20_170_218);
    const minutes = Math.ceil((last - first) / 60_000);
    let compared = 0;
    for (let at = 0; at < 20; at++) {
      // Windows of an hour to the whole year: sizes spread evenly in their logarithm.
      const size = Math.ceil(60 * (minutes / 60) ** (random.int(1_001) / 1_000));
      const from = first + random.int(Math.max(1, minutes - size)) * 60_000;
      const range = { from, to: from + size * 60_000 };
      for (const by of ['none', 'team', 'priority'] as const) {
        const rows = await readKpisPatiently(world.client, { names, range, by });
        const said = figuresBy(rows.filter(({ group }) => (group === null) === (by === 'none')));
        const expected = figuresOf(lives, { fromMs: range.from, toMs: range.to }, by);
        for (const [group, figures] of expected)
          expect(said.get(group) ?? nothing, JSON.stringify({ range, by, group })).toEqual(figures);
        expect([...said.keys()].filter((group) => !expected.has(group))).toEqual([]);
        compared += expected.size;
      }
    }
    expect(compared).toBeGreaterThan(1_000);
  }, 240_000);
});
