import { kpiAnswers } from '@deskwire/contracts/kpi';
import { heartbeat } from '@deskwire/hub/testing/start-ledger';
import type { BrowserContext, Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import { figureText } from '../src/lib/overview/figure-text';
import { tileNames, type TileName } from '../src/lib/overview/figure-names';
import { afternoonZone } from './afternoon-zone';
import { deskDays } from './desk-days';
import { startProduct, type Product } from './start-product';
import { signIn, visit, type VisitOptions } from './visit';

/** Generous: what is waited for is a condition, not a time. */
export const soon = { timeout: 30_000 };
export const dayMs = 86_400_000;

export const liveLine = (page: Page) => page.getByTestId('live-line');
export const untilLive = (page: Page) => liveLine(page).filter({ hasText: /^Live/ }).waitFor(soon);
export const figure = (page: Page, name: TileName) => page.locator(`[data-tile=${name}] [data-figure]`);
export const receiptOf = (page: Page) => ({
  number: page.getByTestId('receipt-number'),
  count: page.getByTestId('receipt-count'),
});
/** How many of n tickets a receipt lists at first. */
export const listed = (n: string) => `${Math.min(50, Number(n))} of ${n}`;
export const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** Five whole days that nothing changes any more: as the page is asked for them, and the API. */
export function pastDays(now: number): { ofPage: string; ofApi: string } {
  const [from, last, end] = [dayOf(now - 8 * dayMs), dayOf(now - 4 * dayMs), dayOf(now - 3 * dayMs)];
  return { ofPage: `from=${from}&to=${last}`, ofApi: `from=${from}T00:00:00Z&to=${end}T00:00:00Z` };
}

/** A product where it is afternoon, empty or after two weeks of a desk, and its overview as an analyst sees it. */
export async function startOverview(now: number, history?: { ticketsPerDay: number }) {
  const zone = afternoonZone(now);
  const product = await startProduct({ TIME_ZONE: zone });
  const token = await product.newToken('analyst');
  if (history !== undefined) {
    // Those that its tickets are of.
    await product.desk.append(['zendesk', 'hubspot/eu'].map((source) => heartbeat(source, 3_600, 0)));
    await product.desk.store(deskDays(now, zone, history.ticketsPerDay));
  }
  return { product, token, overview: overviewOf(product, token) };
}

/** The overview of a product that runs, as `token` sees it, beside what the API says of the same. */
export function overviewOf(product: Pick<Product, 'browser' | 'web'>, token: string) {
  const { browser, web } = product;
  /** Of the session that the first page opened: the others go on with it. */
  let cookies: Awaited<ReturnType<BrowserContext['cookies']>> | undefined;
  async function ask(query: string) {
    const response = await fetch(`${web.url}/api/v1/kpi?${query}`, { headers: { authorization: `Bearer ${token}` } });
    return kpiAnswers.parse(await response.json());
  }
  /** Made after it was asked for: programs may get an answer of some seconds ago, and on a busy machine none in time. */
  function api(query: string) {
    const askedAt = Date.now();
    return vi.waitFor(
      async () => {
        const answers = await ask(query);
        const made = Object.values(answers).map(({ as_of }) => Date.parse(as_of));
        if (Math.min(...made) < askedAt) throw new Error('the API answers as of before it was asked');
        return answers;
      },
      { ...soon, interval: 200 },
    );
  }
  return {
    api,
    created: async () => (await api('kpis=created')).created?.n ?? 0,
    /** `script` runs before any of the page's own. */
    async open(options: VisitOptions, address = '/', script?: string) {
      const visited = await visit(browser, options);
      if (script !== undefined) await visited.page.addInitScript({ content: script });
      if (cookies === undefined) {
        await signIn(visited.page, web.url, token);
        cookies = await visited.page.context().cookies();
      } else await visited.page.context().addCookies(cookies);
      if (visited.page.url() !== web.url + address) await visited.page.goto(web.url + address);
      return visited;
    },
    async expectFigures(page: Page, query: string): Promise<void> {
      // Both are of a moment, and neither of the same one: they agree in the end.
      const differing = async () => {
        const answers = await vi.waitFor(() => ask(query), soon);
        const pairs = tileNames.map(async (name) => {
          const answer = answers[name];
          const said = answer === undefined ? undefined : figureText(name, answer, answer.completeness).text;
          return { name, shown: await figure(page, name).textContent(), said };
        });
        return (await Promise.all(pairs)).filter(({ shown, said }) => shown !== said);
      };
      await expect.poll(differing, soon).toEqual([]);
    },
  };
}
