import type { FanOutResult } from './fan-out.ts';
import type { HubLatency, SeenLatency } from './hub-latency.ts';
import { rangeText, table } from './table.ts';

/** DESIGN section 10. */
const budgets = { rate: 5_000, p50: 150, p99: 400, timesRaw: 1.15, idleKB: 12 } as const;

export function renderHubLatency(results: HubLatency[]): string {
  const seen = ({ p50, p99, max, unseen }: SeenLatency) => [
    ...[p50, p99, max].map((ms) => ms.toFixed(0)),
    String(unseen),
  ];
  const head = [
    ...['events/s', 'reached', 'tickets', 'frames/s', 'KPI frame p50', 'p99', 'max', 'unseen', 'budget'],
    ...['polled p50', 'p99', 'max', 'unseen', 'x polled p50', 'cores in use'],
  ];
  const rows = results.map(({ rate, reached, ticketRate, framesPerS, frames, polled, cores }) => [
    ...[rate, reached, ticketRate, framesPerS].map(String),
    ...seen(frames),
    rate === budgets.rate ? `p50 ${budgets.p50}, p99 ${budgets.p99}` : '-',
    ...seen(polled),
    (polled.p50 / frames.p50).toFixed(1),
    Object.entries(cores)
      .map(([part, used]) => `${part} ${used.toFixed(1)}`)
      .join(', '),
  ]);
  return `Publish to KPI frame at a socket, ms, over ${results[0]?.seconds ?? 0} s, tickets' events; polled: a dashboard that asks the API every 5 s\n${table([head, ...rows])}`;
}

export function renderFanOut({ clients, perS, rounds, idleClients, frameBytes, servers }: FanOutResult): string {
  const head = [
    ...['', 'CPU us/frame', 'x raw', 'budget', 'delivered', 'idle KB', 'budget'],
    ...['back p50 ms', 'p99', 'all', 'came back', 'away ms'],
  ];
  const rows = servers.map(({ name, cpuUs, ratioToRaw, delivered, idleBytes, back, awayMs }, i) => [
    ...[name, rangeText(cpuUs), ratioToRaw.toFixed(2), i === 0 ? String(budgets.timesRaw) : '-'],
    ...[`${(delivered * 100).toFixed(1)} %`, (idleBytes / 1_024).toFixed(1), i === 0 ? String(budgets.idleKB) : '-'],
    ...[back.p50, back.p99, back.max].map((ms) => ms.toFixed(0)),
    ...[`${back.n} of ${clients}`, String(awayMs)],
  ]);
  const [ours, , socketIo] = servers;
  const ratio = ours === undefined || socketIo === undefined ? 0 : socketIo.cpuUs.median / ours.cpuUs.median;
  return [
    `Fan-out of one KPI frame of ${frameBytes} B, ${perS} a second to ${clients} sockets, median of ${rounds} (min to max); memory per connection of ${idleClients} that rest;`,
    `${clients} that come back after a crash, ms since the server was there again. Socket.IO's default server costs ${ratio.toFixed(2)} x the hub (budget: at least 1.5)`,
    table([head, ...rows]),
  ].join('\n');
}
