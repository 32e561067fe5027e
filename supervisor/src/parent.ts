import { commandLine, parentOf, processIdentity } from './process-identity.ts';

/**
 * Calls `onGone` once when the npm that started us is gone: its kill -9 leaves us no signal. npm may have put a shell
 * between itself and us, which lives on. Started by hand (nohup, a service manager) we may outlive the shell, so nothing is
 * watched then.
 */
export function watchParent(onGone: () => void, env: NodeJS.ProcessEnv, everyMs = 500): void {
  if (env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const isShell = /^\S*sh -c /.test(commandLine(parent));
  const watched = [parent, ...(isShell ? [parentOf(parent)] : [])].map((pid) => ({
    pid,
    identity: processIdentity(pid),
  }));
  const timer = setInterval(() => {
    if (watched.every(({ pid, identity }) => processIdentity(pid) === identity)) return;
    clearInterval(timer);
    onGone();
  }, everyMs);
  timer.unref();
}
