import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import type { Servers } from './servers.ts';

/** Where the figures come from; memory in GiB. */
export interface Machine {
  processor: string;
  cores: number;
  memoryGiB: number;
  system: string;
  node: string;
  natsServer: string;
  engine: string;
}

export async function describeMachine({ nc, client }: Servers): Promise<Machine> {
  const answer = await client.query({ query: 'SELECT version()', format: 'TabSeparated' });
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: execFileSync('uname', ['-sr'], { encoding: 'utf8' }).trim(),
    node: process.version,
    natsServer: nc.info?.version ?? 'unknown',
    engine: (await answer.text()).trim(),
  };
}

/** Processes that wanted a core during the last minute, this benchmark's own among them. */
export const loadNow = () => Math.round((loadavg()[0] ?? 0) * 10) / 10;
