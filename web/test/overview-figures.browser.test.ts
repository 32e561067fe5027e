import { oldestOpen } from '@deskwire/clickhouse/oldest-open';
import { runQuery } from '@deskwire/clickhouse/query';
import { changeRows, happenedBefore, seeded } from '@deskwire/clickhouse/kpi/testing/change-rows';
import { opened } from '@deskwire/hub/testing/start-desk-ledger';
import { heartbeat } from '@deskwire/hub/testing/start-ledger';
import { figureText } from '../src/lib/overview/figure-text';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { desktop, phone } from './looks';
import { dayMs, dayOf, figure, listed, overviewOf, pastDays, receiptOf, soon, untilLive } from './overview-page';
import { startProduct, type Product } from './start-product';
import { shot, violations, visit, watchShift } from './visit';

let product: Product;
let overview: ReturnType<typeof overviewOf>;
const tokens = { lead: '', agent: '' };
const now = Date.now();
const days = pastDays(now);

beforeAll(async () => {
  product = await startProduct();
  const { desk, newToken } = product;
  const made = await Promise.all([newToken('analyst'), newToken('lead', ['billing']), newToken('agent')]);
  const [analyst = '', lead = '', agent = ''] = made;
  Object.assign(tokens, { lead, agent });
  overview = overviewOf(product, analyst);
  await desk.append([heartbeat('zendesk', 3_600, 0), { source: 'demo-zendesk/demo' }]);
  await desk.store(happenedBefore(changeRows(seeded(7), 400, now - 10 * dayMs, now - 60_000), now - 1_000));
});
afterAll(() => product.close());

/** What runs as soon as the browser is done with its own waits, as if that were never, until it is told to go on. */
const holdTurns = `{
  const later = setTimeout;
  globalThis.turns = [];
  globalThis.goOn = () => {
    globalThis.setTimeout = later;
    for (const turn of turns) later(turn);
  };
  globalThis.setTimeout = (run, ms, ...rest) => (ms === undefined ? turns.push(run) : later(run, ms, ...rest));
}`;

describe('figures', () => {
  it('are those of the API, of each scope, priority and range', async () => {
    const { page, close } = await overview.open(desktop);
    for (const [address, query] of [
      ['', ''],
      ['scope=team:billing', 'scope=team:billing'],
      ['priority=urgent', 'priority=urgent'],
      [days.ofPage, days.ofApi],
    ] as const) {
      await page.goto(`${product.web.url}/?${address}`);
      await overview.expectFigures(page, query);
    }
    await close();
  });

  it('are painted by the server with their lines, without any script', async () => {
    const { page, close } = await overview.open(desktop);
    const plain = await visit(product.browser, { ...desktop, javaScript: false });
    await plain.page.context().addCookies(await page.context().cookies());
    await plain.page.goto(`${product.web.url}/?${days.ofPage}`);
    await overview.expectFigures(plain.page, days.ofApi);
    expect(await plain.page.locator('[aria-labelledby=time-title] path').count()).toBeGreaterThan(2);
    expect(plain.complaints).toEqual([]);
    await plain.close();
    await close();
  });

  it('go live: tickets that are opened now are counted, without a shift', async () => {
    const { page, complaints, close } = await overview.open(phone);
    await untilLive(page);
    const shift = await watchShift(page);
    const before = await overview.created();
    await product.desk.open('billing', 7);
    await expect.poll(() => figure(page, 'created').textContent(), soon).toBe(String(before + 7));
    expect(await shift()).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('of priorities and teams are read again seconds after a change that moves no tile', async () => {
    const ticket = opened('zendesk~moved', 'billing');
    await product.desk.store([ticket]);
    const { page, close } = await overview.open(desktop);
    await untilLive(page);
    const [bars, cells] = [['low', 'urgent'] as const, ['billing', 'sales'] as const];
    const shown = async () => {
      const open = bars.map((key) => page.locator(`[data-bar=${key}]`).getAttribute('aria-label'));
      const ofTeams = cells.map((team) => page.locator(`[data-team=${team}] [data-cell=backlog]`).innerText());
      return (await Promise.all([...open, ...ofTeams])).map((text) => Number.parseInt(text ?? '', 10));
    };
    const openOf = async (by: string, group: string) =>
      (await overview.api(`kpis=backlog&by=${by}`)).backlog?.groups?.find((each) => each.group === group)?.n ?? 0;
    const [low, urgent] = [await openOf('priority', 'low'), await openOf('priority', 'urgent')];
    const [billing, sales] = [await openOf('team', 'billing'), await openOf('team', 'sales')];
    await expect.poll(shown, soon).toEqual([low, urgent, billing, sales]);
    const kept = { ...ticket, created: false };
    const raised = { ...ticket.after, priority: 'urgent' };
    await product.desk.store([{ ...kept, version: 2, after: raised }]);
    // They are read again once a minute without any reason, too.
    await expect.poll(shown, { timeout: 20_000 }).toEqual([low - 1, urgent + 1, billing, sales]);
    await product.desk.store([{ ...kept, version: 3, before: raised, after: { ...raised, team: 'sales' } }]);
    await expect.poll(shown, { timeout: 20_000 }).toEqual([low - 1, urgent + 1, billing - 1, sales + 1]);
    await close();
  });

  it('answer the first touch before their turn to come to life, and go live when every part has', async () => {
    const { page, complaints, close } = await overview.open(phone, '/', holdTurns);
    const line = page.getByTestId('live-line');
    await expect.poll(() => page.evaluate('turns.length'), soon).toBeGreaterThan(0);
    await page.locator('[data-tile=created]').click();
    await page.waitForURL(/receipt=created/);
    await receiptOf(page).number.waitFor();
    await expect.poll(() => line.textContent(), soon).toMatch(/^As of/);
    await page.keyboard.press('Escape');
    await page.evaluate('goOn()');
    await untilLive(page);
    expect(complaints).toEqual([]);
    await close();
  });

  it('have a receipt, which lists as many tickets as it says', async () => {
    const { page, close } = await overview.open(desktop, `/?${days.ofPage}`);
    const { created } = await overview.api(`${days.ofApi}&kpis=created`);
    await untilLive(page);
    await page.locator('[data-tile=created]').click();
    await page.waitForURL(/receipt=created/);
    const count = page.getByTestId('receipt-count');
    await expect.poll(() => count.textContent(), soon).toBe(`50 of ${created?.n}`);
    await page.getByRole('button', { name: 'More tickets' }).click();
    await expect.poll(() => count.textContent(), soon).toBe(`${Math.min(100, created?.n ?? 0)} of ${created?.n}`);
    await page.getByRole('button', { name: 'Copy with proof' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toMatch(new RegExp(`^Created: .*${created?.n}.*\\nAll teams`));
    expect(copied).toContain('Simulated data: may count invented tickets of demo-zendesk/demo');
    expect(created?.simulated).toEqual(['demo-zendesk/demo']);
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.searchParams.has('receipt'));
    await close();
  });

  it('have one in each cell of a team too, each bar of a priority and each bucket of the chart', async () => {
    const { page, close } = await overview.open(desktop, `/?${days.ofPage}`);
    await untilLive(page);
    const { number, count } = receiptOf(page);
    async function expectReceipt(name: 'created' | 'solved' | 'backlog', query: string): Promise<void> {
      const answer = (await overview.api(`${query}&kpis=${name}`))[name];
      await expect.poll(() => count.textContent(), soon).toBe(listed(String(answer?.n)));
      expect(await number.textContent()).toBe(answer && figureText(name, answer, answer.completeness).text);
      await page.keyboard.press('Escape');
      await page.getByTestId('receipt').waitFor({ state: 'detached' });
    }
    await page.locator('[data-team=billing] [data-cell=created] a').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/receipt=created&receipt_team=billing/);
    await expectReceipt('created', `${days.ofApi}&team=billing`);
    await page.locator('[data-bar=low]').click();
    await page.waitForURL(/receipt=backlog&receipt_priority=low/);
    await expectReceipt('backlog', `${days.ofApi}&priority=low`);

    const span = () => new URL(page.url()).searchParams;
    const ofSpan = () => `from=${span().get('receipt_from')}&to=${span().get('receipt_to')}`;
    const chart = page.getByRole('slider', { name: /Created and solved/ });
    await chart.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.waitForURL(/receipt_from=/);
    await page.getByRole('link', { name: 'Solved', exact: true }).click();
    await page.waitForURL(/receipt=solved&receipt_from=/);
    await count.waitFor();
    await shot(page, 'receipt-bucket-1440');
    expect(await violations(page)).toEqual([]);
    await expectReceipt('solved', ofSpan());
    const box = await chart.boundingBox();
    if (box === null) throw new Error('no chart');
    await page.mouse.click(box.x + box.width / 2, box.y + 60);
    await page.waitForURL(/receipt_from=/);
    const name = span().get('receipt') === 'solved' ? 'solved' : 'created';
    await expectReceipt(name, ofSpan());
    await close();
  });
});

describe('teams', () => {
  it('say for how long their oldest open ticket has been open, and show those behind it; of a range that is over nothing', async () => {
    const { page, close } = await overview.open(desktop);
    await untilLive(page);
    const oldest = page.locator('[data-team=billing] [data-cell=oldest]');
    const known = await runQuery(product.desk.client, oldestOpen, { priority: [] });
    const billing = known.find(({ team }) => team === 'billing');
    expect(await oldest.getAttribute('title')).toContain(`${billing?.ticket_id}, opened on `);
    await page.getByRole('button', { name: 'Oldest', exact: true }).click();
    await page.waitForURL(/sort=-oldest/);
    await oldest.getByRole('link').click();
    await page.waitForURL(/receipt=backlog&receipt_team=billing/);
    await page.getByTestId('receipt-count').waitFor();
    await page.goto(`${product.web.url}/?${days.ofPage}`);
    await expect.poll(() => oldest.innerText(), soon).toBe('–');
    await close();
  });
});

describe('the view', () => {
  it('changes range and scope by its controls, in its address', async () => {
    const { page, close } = await overview.open(desktop);
    await untilLive(page);
    await page.getByRole('link', { name: '7 days' }).click();
    await page.waitForURL(/range=7d/);
    await page.getByLabel('Scope').selectOption('team:billing');
    await page.waitForURL(/scope=team%3Abilling/);
    const from = new Date(Date.parse(dayOf(Date.now())) - 6 * dayMs).toISOString();
    await overview.expectFigures(page, `scope=team:billing&from=${from}`);
    await page.getByRole('button', { name: 'Custom range' }).click();
    await page.getByLabel('From').fill(dayOf(now - 8 * dayMs));
    await page.getByLabel('To, included').fill(dayOf(now - 4 * dayMs));
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.waitForURL(/from=/);
    await overview.expectFigures(page, `${days.ofApi}&scope=team:billing`);
    await close();
  });

  it('keeps what was chosen while it is still read when something else is chosen too, and the keyboard where it was', async () => {
    const { page, close } = await overview.open(desktop);
    await untilLive(page);
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/__data.json*', (route) => gate.then(() => route.continue()));
    const scope = page.getByLabel('Scope');
    await scope.focus();
    await scope.selectOption('team:billing');
    await page.getByRole('link', { name: '7 days' }).click();
    expect(await scope.inputValue()).toBe('team:billing');
    release();
    await page.waitForURL((url) => url.searchParams.get('scope') === 'team:billing' && /range=7d/.test(url.search));
    const from = new Date(Date.parse(dayOf(Date.now())) - 6 * dayMs).toISOString();
    await overview.expectFigures(page, `scope=team:billing&from=${from}`);
    expect(await scope.inputValue()).toBe('team:billing');
    await scope.focus();
    await scope.selectOption('all');
    await page.waitForURL(/scope=all/);
    await expect.poll(() => scope.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await close();
  });

  it('shows one priority by a click on its bar, live and in its receipts, and all again', async () => {
    const { page, close } = await overview.open(phone);
    await untilLive(page);
    await page.getByRole('link', { name: 'Low', exact: true }).click();
    await page.waitForURL(/priority=low/);
    await overview.expectFigures(page, 'priority=low');
    const before = (await overview.api('priority=low&kpis=created')).created?.n ?? 0;
    await product.desk.open('billing', 2);
    await expect.poll(() => figure(page, 'created').textContent(), soon).toBe(String(before + 2));
    await page.locator('[data-tile=created]').click();
    await expect
      .poll(() => page.getByTestId('receipt-count').textContent(), soon)
      .toBe(`${Math.min(50, before + 2)} of ${before + 2}`);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Show every priority' }).click();
    await page.waitForURL((url) => !url.searchParams.has('priority'));
    await close();
  });

  it('compares with the period before, or not, at any width', async () => {
    const { page, close } = await overview.open(phone, '/?range=7d');
    await untilLive(page);
    const trend = page.locator('[data-tile=created]').getByText(/^(more than|less than|as) the 7 days before$/);
    await trend.waitFor();
    await page.getByRole('checkbox', { name: 'vs 7 days before' }).uncheck();
    await page.waitForURL(/compare=none/);
    await trend.waitFor({ state: 'detached' });
    await close();
  });

  it('zooms into what is brushed, by pointer and by keyboard', async () => {
    const { page, close } = await overview.open(desktop, `/?${days.ofPage}`);
    await untilLive(page);
    const chart = page.getByRole('slider', { name: /Created and solved/ });
    const box = await chart.boundingBox();
    if (box === null) throw new Error('no chart');
    await page.mouse.move(box.x + box.width * 0.25, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=\d{4}-\d\d-\d\dT/);
    const zoomed = new URL(page.url()).searchParams;
    expect(Date.parse(zoomed.get('to') ?? '') - Date.parse(zoomed.get('from') ?? '')).toBeLessThan(2.5 * dayMs);
    await chart.focus();
    await page.keyboard.press('End');
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/Created \d+.*Solved \d+/);
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('from') !== zoomed.get('from'));
    await close();
  });

  it('obeys single keys outside of fields, and asks the server nothing for another way of looking', async () => {
    const { page, close } = await overview.open(desktop);
    await untilLive(page);
    const asked: string[] = [];
    page.on('request', (request) => void (request.url().includes('__data.json') && asked.push(request.url())));
    await page.keyboard.press('t');
    const table = page.getByRole('region', { name: 'Figures over time, as a table' });
    await table.waitFor();
    // Every line of a tile stands in it.
    expect(await table.getByRole('columnheader').allTextContents()).toEqual([
      ...['Time, UTC', 'Created', 'Solved', 'Backlog', 'First reply', 'CSAT'],
    ]);
    await page.keyboard.press('f');
    await page.waitForURL(/wall=1/);
    expect(await page.getByRole('navigation', { name: 'Pages' }).count()).toBe(0);
    await page.keyboard.press('f');
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Single keys, in this browser').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('t');
    await page.getByRole('region', { name: 'Figures over time, as a table' }).waitFor();
    expect(asked).toEqual([]);
    await close();
  });

  it('is their own team for a lead, and tells an agent where they are', async () => {
    const lead = await overviewOf(product, tokens.lead).open(desktop);
    expect(await lead.page.getByLabel('Scope').locator('option').allTextContents()).toEqual(['Billing']);
    await untilLive(lead.page);
    await lead.close();
    const agent = await visit(product.browser, desktop);
    await agent.page.goto(`${product.web.url}/sign-in?with=token`);
    await agent.page.fill('#token', tokens.agent);
    await agent.page.getByRole('button', { name: 'Sign in' }).click();
    await agent.page.waitForURL((url) => url.pathname !== '/sign-in');
    await agent.page.goto(product.web.url);
    await agent.page.getByText('The overview is for the roles lead, analyst, admin.').waitFor();
    await agent.close();
  });
});
