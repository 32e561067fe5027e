/** Loaded into a process before its own code, see resting-memory.ts: what rests there is what is measured, not garbage. */
process.on('SIGUSR2', () => globalThis.gc?.());
