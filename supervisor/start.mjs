import { answerHelp } from './setup/command-help.mjs';
import { setUp } from './setup.mjs';

const help = `npm start

Starts everything: NATS and ClickHouse unless they are given, ingest, desk, hub, web and, on a new DATA_DIR, a simulated operation.
Installs and builds first what a fresh checkout lacks. Prints where to sign in. Ctrl-C stops it; the next start finds everything.

  WEB_PORT, HUB_PORT, NATS_PORT, CLICKHOUSE_PORT   3000, 3001, 14222, 18123
  DATA_DIR                                         where everything is kept, default .data
  DEMO                                             1 or 0: with or without the simulated operation
  NATS_URL, CLICKHOUSE_URL                         servers of your own, instead of embedded ones

All variables are in docs/operations.md. Exit codes: 0 stopped; 1 a part failed during the start, or it could not be stopped in order;
2 not started, with the reason and what to do: wrong arguments or variables, or not everything was ready after 120 s.
`;
answerHelp(help, process.argv.slice(2));

// `npm start`: what is missing is installed and built; then this process is the supervisor.
await setUp({ nats: (process.env['NATS_URL'] ?? '') === '', services: true, web: true });
await import(new URL('../build/supervisor/src/main.mjs', import.meta.url).href);
