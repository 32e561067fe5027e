import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { pathEnv } from '@deskwire/runtime/env';

/**
 * What tells one process from a later one with the same number: its start time, with the boot on Linux.
 * Undefined when no such process runs.
 */
export function processIdentity(pid: number): string | undefined {
  if (!onLinux) return ask(pid, 'lstart=');
  const [state, started] = [statField(pid, 3), statField(pid, 22)];
  if (state === undefined || state === 'Z') return undefined;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}-${started ?? ''}`;
}

/** The pid of its parent; 0 when no such process runs. */
export function parentOf(pid: number): number {
  return Number((onLinux ? statField(pid, 4) : ask(pid, 'ppid=')) ?? 0);
}

/** The command line of a process, its arguments separated by spaces; '' when there is none. */
export function commandLine(pid: number): string {
  if (!onLinux) return ask(pid, 'command=') ?? '';
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return ''; // It ended.
  }
}

const onLinux = existsSync('/proc/self/stat');

/** Fields of `/proc/<pid>/stat`, counted from 1 as proc(5) does; from the 3rd on. */
function statField(pid: number, field: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The 2nd, the name in parentheses, may hold spaces and parentheses: fields are counted from its end.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[field - 3];
  } catch {
    return undefined; // It ended.
  }
}

function ask(pid: number, column: string): string | undefined {
  try {
    const answer = execFileSync('ps', ['-o', column, '-p', String(pid)], {
      encoding: 'utf8',
      env: pathEnv(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return answer.trim() === '' ? undefined : answer.trim();
  } catch {
    return undefined; // ps fails when no such process runs.
  }
}
