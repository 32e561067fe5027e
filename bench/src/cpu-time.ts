import { readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** CPU seconds that a process has used so far; undefined where the system does not say (only Linux does). */
export function cpuSeconds(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before may hold spaces; user and system time are fields 14 and 15.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return undefined; // Not Linux, or the process has ended.
  }
}

export type CpuByPart = Record<string, number>;

/** Starts counting; the function answers microseconds of CPU per event since then, by part. */
export function countCpu(pids: Record<string, number>): (events: number) => CpuByPart {
  const before = Object.entries(pids).map(([part, pid]) => ({ part, pid, seconds: cpuSeconds(pid) }));
  return (events) => {
    const used: CpuByPart = {};
    for (const { part, pid, seconds } of before) {
      const now = cpuSeconds(pid);
      if (seconds !== undefined && now !== undefined) used[part] = Math.round(((now - seconds) * 1e7) / events) / 10;
    }
    return used;
  };
}
