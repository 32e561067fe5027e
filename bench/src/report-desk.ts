import type { ApiResult } from './api-bench.ts';
import type { DeskResult } from './desk-bench.ts';
import type { History } from './history.ts';
import { ratio, type Latency } from './summary.ts';
import { cpuText, rangeText, table } from './table.ts';
import { tickBudgets, type TickResult } from './tick-bench.ts';

export function renderDesk(results: DeskResult[]): string {
  const head = ['', 'desk', 'budget', 'plain KV', 'x plain', 'CPU us/event: desk, nats, engine (plain, nats)'];
  const rows = results.map((result) => [
    `${result.name}, ${result.eventBytes} B`,
    rangeText(result.desk),
    String(result.budget),
    rangeText(result.plain),
    result.ratioToPlain.toFixed(2),
    `${cpuText(result.desk.cpuUs, ['desk', 'nats', 'engine'])} (${cpuText(result.plain.cpuUs, ['plain', 'nats'])})`,
  ]);
  const [first] = results;
  return `Desk, ticket events applied per second from a backlog of ${grouped(first?.events)} of ${grouped(first?.tickets)} tickets: median (min to max); plain: KV get, merge, update\n${table([head, ...rows])}`;
}

export function renderTicks(results: TickResult[]): string {
  const smallest = results[0]?.tick.p50 ?? 0;
  const head = ['', 'p50', 'p99', 'x smaller p50', 'budget', 'without projections p50', 'p99', 'x p50', 'given up'];
  const rows = results.map(({ tick, withoutProjections: plain, ...history }, i) => [
    historyText(history),
    ...[tick.p50, tick.p99].map(String),
    i === 0 ? '-' : ratio(tick.p50, smallest).toFixed(2),
    i === 0 ? '-' : `p50 ${tickBudgets.p50}, x ${tickBudgets.timesSmall}`,
    ...[plain.p50, plain.p99].map(String),
    ratio(plain.p50, tick.p50).toFixed(2),
    `${plain.givenUp} of ${plain.n}`,
  ]);
  return `One KPI tick (every KPI of today until 18:00 UTC, scope all), ms over ${results[0]?.tick.n ?? 0} ticks; both histories have as many tickets a day\n${table([head, ...rows])}`;
}

export function renderApi({ clients, rate, seconds, budget, loads, ...history }: ApiResult): string {
  const head = ['', 'requests/s', ...latencyHead, 'budget p99', 'errors'];
  const parts = loads.map(({ pauseMs, ticketRate, reached, ingestBehindMax, deskBehindMax, cores, endpoints }) => {
    const rows = endpoints.map(({ name, perS, errors, ...latency }) => [
      name,
      perS.toFixed(1),
      ...latencyCells(latency),
      String(budget),
      Object.entries(errors)
        .map(([outcome, count]) => `${count} x ${outcome}`)
        .join(', ') || 'none',
    ]);
    const inUse = Object.entries(cores).map(([part, used]) => `${part} ${used.toFixed(1)}`);
    return [
      `  ${clients} clients, ${pauseMs === 0 ? 'no pause' : `each ${pauseMs / 2} to ${1.5 * pauseMs} ms after its last answer`}; ${reached} of ${rate} events/s arrived, ${ticketRate} in ${rate} of them tickets'; ingest at most ${ingestBehindMax} messages behind, the desk ${deskBehindMax}; cores in use: ${inUse.join(', ')}`,
      table([head, ...rows]),
    ].join('\n');
  });
  const title = `HTTP API, ms, over ${seconds} s, on ${historyText(history)}, while ${grouped(rate)} events/s arrive, services started anew for each load; nothing comparable exists to measure beside it`;
  return [title, ...parts].join('\n');
}

const latencyHead = ['p50', 'p99', 'max'];
const latencyCells = ({ p50, p99, max }: Latency) => [p50, p99, max].map((ms) => ms.toFixed(0));
const grouped = (n = 0) => n.toLocaleString('en');

const historyText = ({ events, tickets, changes, days }: History) =>
  `${grouped(events)} events, ${grouped(tickets)} tickets, ${grouped(changes)} changes, ${days} days`;
