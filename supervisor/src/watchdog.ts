import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Writable } from 'node:stream';
import { pathEnv } from '@deskwire/runtime/env';

export interface Watchdog {
  /** Ends this process when we die, however we die. */
  watch: (pid: number) => void;
  forget: (pid: number) => void;
  /** Lets go of everything. */
  close: () => void;
}

// Reads `add PID` and `drop PID`. The end of its input without a `done` means that we died: whoever is left is asked to
// stop and, 6 s later, killed.
const script = `
trap '' INT HUP TERM
pids=' '
while read -r verb pid; do
  case $verb in
    add) pids="$pids$pid " ;;
    drop) pids=\${pids%%" $pid "*}' '\${pids#*" $pid "} ;;
    done) exit 0 ;;
  esac
done
kill -CONT $pids 2>/dev/null
kill -TERM $pids 2>/dev/null
tries=0
while [ $tries -lt 60 ]; do
  alive=
  for pid in $pids; do kill -0 $pid 2>/dev/null && alive=1; done
  [ -z "$alive" ] && exit 0
  sleep 0.1
  tries=$((tries + 1))
done
kill -KILL $pids 2>/dev/null
`;

/**
 * A small shell that outlives us for as long as it takes to stop our children: kill -9 leaves no chance to do it
 * ourselves, and neither nats-server nor a hung Node process notices that its parent is gone.
 */
export function createWatchdog(): Watchdog {
  const pids = new Set<number>();
  let closed = false;
  let shell = start();

  function start(): ChildProcessByStdio<Writable, null, null> {
    const child = spawn('sh', ['-c', script, 'deskwire-watchdog'], {
      detached: true,
      // It lives as long as we do, and needs no secret.
      env: pathEnv(),
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // It may be killed between two lines: the exit below is what counts.
    child.stdin.on('error', () => undefined);
    child.on('exit', () => {
      if (closed) return;
      setTimeout(() => {
        if (closed) return;
        shell = start();
        for (const pid of pids) tell(`add ${pid}`);
      }, 1_000).unref();
    });
    child.unref();
    return child;
  }
  const tell = (line: string) => shell.stdin.write(`${line}\n`);

  return {
    watch: (pid) => {
      pids.add(pid);
      tell(`add ${pid}`);
    },
    forget: (pid) => {
      if (pids.delete(pid)) tell(`drop ${pid}`);
    },
    close: () => {
      closed = true;
      shell.stdin.end('done\n');
    },
  };
}
