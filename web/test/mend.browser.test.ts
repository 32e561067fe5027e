import type { Role } from '@deskwire/contracts/roles';
import { subjects } from '@deskwire/contracts/subjects';
import { startHub, type RunningHub } from '@deskwire/hub/testing/start-hub';
import { makeToken } from '@deskwire/hub/testing/test-client';
import { freePort } from '@deskwire/supervisor/start-nats';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { desktop, phone } from './looks';
import { liveLine, overviewOf, soon, untilLive } from './overview-page';
import { buildWeb, startWeb } from './start-web';
import { launchBrowser, shot, shots, signIn, violations, visit } from './visit';
import { ticketEvent } from '../../test/src/ticket-events';
import { untilStored } from '../../test/src/until-stored';
import { startWorld, type World } from '../../test/src/world';

let world: World;
let web: Awaited<ReturnType<typeof startWeb>>;
let hub: RunningHub;
let browser: Browser;

beforeAll(async () => {
  [world, browser] = await Promise.all([startWorld(), launchBrowser(), buildWeb()]);
  await Promise.all([world.addWorker('ingest').start(), world.addDesk('desk').start()]);
  const [HUB_PORT, WEB_PORT] = [String(await freePort()), String(await freePort())];
  const loginOf = (service: 'hub' | 'web') => {
    const { NATS_URL, NATS_USER = '', NATS_PASSWORD = '' } = world.natsLoginOf(service);
    return { ...world.clickhouse, NATS_URL, NATS_USER, NATS_PASSWORD, HUB_PORT, WEB_PORT };
  };
  hub = await startHub(loginOf('hub'));
  web = await startWeb({ ...loginOf('web'), MASTER_KEY: world.masterKey.toString('base64') });
}, 240_000);
afterAll(async () => {
  await browser.close();
  await Promise.all([web.stop(), hub.stop()]);
  await world.close();
});

/** Two tickets in a batch, the second of which is refused. */
async function sendFlawed(label: string): Promise<void> {
  const time = new Date().toISOString();
  const ticket = (id: string, status: string) => ({
    ...{ specversion: '1.0', id, source: 'zendesk/acme', type: 'ticket.snapshot', time },
    data: { ticket_id: id, status, created_at: time, updated_at: time, subject: `about ${id}` },
  });
  const batch = [ticket(`${label}`, 'open'), ticket(`${label}-2`, 'unheard of')];
  await world.nc.jetstream().publish(subjects.batch('zendesk'), JSON.stringify(batch));
  await untilStored(world);
}

async function open(role: Role, options: { width: number; height: number; javaScript?: boolean }) {
  const visited = await visit(browser, options);
  await signIn(visited.page, web.url, (await makeToken(world.nc, role)).token);
  return visited;
}
const editor = (page: Page) => page.getByLabel('The event');
const waiting = (page: Page) => page.getByTestId('rejected-waiting');

it('counts on the page what was published, as soon as desk, ingest and hub have passed it on, and as the API does', async () => {
  const overview = overviewOf({ browser, web }, (await makeToken(world.nc, 'analyst')).token);
  const { page, complaints, close } = await overview.open(desktop);
  await page.getByText('No ticket has arrived yet').waitFor();
  await liveLine(page)
    .filter({ hasNotText: /^As of/ })
    .waitFor(soon);
  const publish = (id: string, status: string, nth: number) => {
    const [created_at, updated_at] = [0, nth].map((ms) => new Date(startedAt + ms).toISOString());
    const data = { ticket_id: id, created_at, updated_at, status, team: 'Billing' };
    const event = ticketEvent(`chain-${id}-${status}`, { time: updated_at, data });
    return world.nc.jetstream().publish(subjects.event('zendesk', 'ticket.snapshot'), JSON.stringify(event));
  };
  const startedAt = Date.now();
  const shows = async (counts: Record<'created' | 'solved' | 'backlog', string>) => {
    for (const [name, count] of Object.entries(counts))
      await expect.poll(() => page.locator(`[data-tile=${name}] [data-figure]`).textContent(), soon).toBe(count);
    await untilLive(page);
    await overview.expectFigures(page, '');
  };
  await publish('1', 'open', 0);
  await shows({ created: '1', solved: 'None', backlog: '1' });
  for (const id of ['2', '3']) await publish(id, 'open', 0);
  await publish('1', 'solved', 1);
  await shows({ created: '3', solved: '1', backlog: '2' });
  // What came twice is not counted twice: the fourth one was published after it.
  await publish('2', 'open', 0);
  await publish('4', 'open', 0);
  await shows({ created: '4', solved: '1', backlog: '3' });
  expect(complaints).toEqual([]);
  await close();
});

it('leads from the data flow to a rejected event, which is mended by keyboard alone', async () => {
  await sendFlawed('48213');
  const { page, complaints, close } = await open('admin', desktop);
  await page.goto(`${web.url}/flow`);
  await waiting(page)
    .filter({ hasText: /^1 waiting to be mended$/ })
    .waitFor();
  expect(await violations(page)).toEqual([]);
  const flow = await page.context().newPage();
  await flow.goto(`${web.url}/flow`);

  await page.getByRole('link', { name: 'Unknown status', exact: true }).click();
  await page.waitForURL(/\/flow\/rejected\?/);
  await page.getByTestId('filters').filter({ hasText: 'Source zendesk/acme' }).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Unknown status' }).click();
  await editor(page).waitFor();
  expect(await editor(page).inputValue()).toContain('about 48213-2');
  expect(await page.getByTestId('detail').innerText()).toBe('data.status is "unheard of"');
  await shot(page, 'mend-1440-light');
  expect(await violations(page)).toEqual([]);

  const wrong = (await editor(page).inputValue()).replace('unheard of', 'nearly open');
  await editor(page).fill(wrong);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'data.status is "nearly open"' }).waitFor();
  expect(await editor(page).inputValue()).toBe(wrong);
  expect(await violations(page)).toEqual([]);

  await editor(page).fill(wrong.replace('nearly open', 'open'));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('status').filter({ hasText: 'Done' }).waitFor();
  await page
    .getByTestId('settled')
    .filter({ hasText: /^\s*Mended/ })
    .waitFor();
  expect(await violations(page)).toEqual([]);
  // Live, on a page that was open all the time.
  await waiting(flow)
    .filter({ hasText: /^none waiting$/ })
    .waitFor();
  // The refusal is an answer of 422 inside a 200: nothing for the console.
  expect(complaints.filter((text) => !text.includes('422'))).toEqual([]);
  await close();
});

it('fits a phone, and dismisses with a reason', async () => {
  await sendFlawed('phone');
  const { page, close } = await open('admin', phone);
  const fits = async () => {
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(phone.width);
  };
  await page.goto(`${web.url}/flow/rejected`);
  await fits();
  await page.getByRole('link', { name: 'Unknown status' }).first().click();
  await editor(page).waitFor();
  await fits();
  await page.getByLabel('Reason').fill('a test of theirs');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page
    .getByTestId('settled')
    .filter({ hasText: /^\s*Dismissed/ })
    .waitFor();
  await fits();
  await page.goto(`${web.url}/flow/rejected`);
  await page.getByText('Nothing is waiting').waitFor();
  await page.getByRole('link', { name: 'All' }).click();
  await expect.poll(() => page.getByTestId('settled').count()).toBe(2);
  await close();
});

it('works without any script, and keeps what was typed', async () => {
  await sendFlawed('plain');
  const scripted = await open('admin', desktop);
  const { page, close } = await visit(browser, { ...desktop, javaScript: false });
  await page.context().addCookies(await scripted.page.context().cookies());
  await scripted.close();
  await page.goto(`${web.url}/flow/rejected`);
  await page.getByRole('link', { name: 'Unknown status' }).first().click();
  const wrong = (await editor(page).inputValue()).replace('unheard of', 'nearly open');
  await editor(page).fill(wrong);
  await page.getByRole('button', { name: 'Send again' }).click();
  await page.getByRole('alert').waitFor();
  expect(await editor(page).inputValue()).toBe(wrong);
  await editor(page).fill(wrong.replace('nearly open', 'open'));
  await page.getByRole('button', { name: 'Send again' }).click();
  await page
    .getByTestId('settled')
    .filter({ hasText: /^\s*Mended/ })
    .waitFor();
  await close();
});

it('shows an analyst that something was rejected, and nothing of what it said', async () => {
  await sendFlawed('analyst');
  const { page, close } = await open('analyst', desktop);
  await page.goto(`${web.url}/flow/rejected`);
  await page.getByRole('link', { name: 'Unknown status' }).first().click();
  await page.getByText('administrators only').waitFor();
  expect(await page.content()).not.toContain('about analyst-2');
  expect(await page.getByRole('button', { name: 'Send again' }).count()).toBe(0);
  expect(await violations(page)).toEqual([]);
  await close();
});

it('lists what was rejected by what is wrong with it, of whom and when', async () => {
  const send = (source: string, type: string, envelope: object, data: object) => {
    const event = { specversion: '1.0', source, type, time: new Date().toISOString(), ...envelope, data };
    const [login = ''] = source.split('/');
    return world.nc.jetstream().publish(subjects.event(login, type), JSON.stringify(event));
  };
  const at = new Date().toISOString();
  const ticket = { ticket_id: '48213', status: 'open', created_at: at, updated_at: at, subject: 'Cannot log in' };
  await send('hubspot/emea', 'ticket.snapshot', { id: 'hs-8841207-3' }, { ...ticket, priority: 'p1' });
  await send(
    'salesforce/prod',
    'ticket.snapshot',
    { id: '5008d00000CtQ7xAAF-12', time: '1970-01-01T00:00:00Z' },
    ticket,
  );
  await send('zendesk/acme', 'ticket.updated', { id: 'zd-01JDQ5W3N8' }, ticket);
  await send('zendesk/acme', 'ticket.snapshot', { id: 'zd-01JDQ61K0M' }, { ...ticket, created_at: 'yesterday' });
  await untilStored(world);
  const { page, close } = await open('admin', desktop);
  await page.goto(`${web.url}/flow/rejected`);
  for (const title of ['Unknown priority', 'Time out of range', 'Unknown type', 'Invalid data'])
    await page.getByRole('link', { name: title }).waitFor();
  await shots(page, 'rejected');
  expect(await violations(page)).toEqual([]);
  await page.goto(`${web.url}/flow/rejected?source=hubspot/emea`);
  await page.getByRole('link', { name: 'Clear filter' }).click();
  await page.getByRole('link', { name: 'Invalid data' }).waitFor();
  await close();
});

it('retires a silent source at the word of an administrator, and offers it to nobody else', async () => {
  const event = (data: object) => ({
    ...{ specversion: '1.0', id: 'only', source: 'freshdesk/eu', type: 'source.heartbeat' },
    ...{ time: new Date().toISOString(), data },
  });
  const beat = event({ cursor: 'a', sent_count: 0, interval_s: 0.1 });
  await world.nc.jetstream().publish(subjects.event('freshdesk', 'source.heartbeat'), JSON.stringify(beat));
  const row = (page: Page) => page.locator('[data-source="freshdesk/eu"]:visible');
  const analyst = await open('analyst', desktop);
  await analyst.page.goto(`${web.url}/flow`);
  await row(analyst.page).filter({ hasText: 'Silent' }).waitFor(soon);
  expect(await analyst.page.getByTestId('retire').count()).toBe(0);
  await analyst.close();

  const { page, complaints, close } = await open('admin', desktop);
  await page.goto(`${web.url}/flow`);
  await row(page).getByRole('button', { name: 'Retire freshdesk/eu' }).click();
  // Each button is gone once it is pressed: the keyboard goes on beside it.
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim().replace(/\s+/g, ' '));
  await expect.poll(focused).toBe('Keep');
  await page.keyboard.press('Enter');
  await expect.poll(focused).toBe('Retire freshdesk/eu');
  await page.keyboard.press('Enter');
  await row(page).getByText('Its 1 event stays counted').waitFor();
  // The table and the cards are two forms of one question.
  await page.setViewportSize(phone);
  await row(page).getByText('Its 1 event stays counted').waitFor();
  await page.setViewportSize(desktop);
  await shots(page, 'retire');
  expect(await violations(page)).toEqual([]);
  await row(page).getByRole('button', { name: 'Keep' }).click();
  await row(page).getByRole('button', { name: 'Retire freshdesk/eu' }).click();
  await row(page).getByRole('button', { name: 'Retire freshdesk/eu' }).click();
  await row(page)
    .filter({ hasText: /Retired/ })
    .waitFor(soon);
  expect(await page.getByTestId('retire').count()).toBe(0);
  expect(complaints).toEqual([]);
  await close();
});
