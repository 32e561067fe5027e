export function isAsLocked(lockfile: string, installed: string): boolean;
