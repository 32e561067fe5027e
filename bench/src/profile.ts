import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** One function with the time spent in itself, not in what it called. */
export interface Hot {
  where: string;
  selfMs: number;
  /** Of all samples that were not idle, 0..1. */
  share: number;
}

const profile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The start of the process is no part of it: samples count from the first one in this function on. */
const firstWork = 'readMessage';

/** The functions with most self time over all V8 profiles (`--cpu-prof`) of a folder, and their sum by file. */
export function readProfiles(dir: string, limit: number): { functions: Hot[]; files: Hot[] } {
  const byFunction = new Map<string, number>();
  const byFile = new Map<string, number>();
  let busyMs = 0;
  for (const name of readdirSync(dir).filter((file) => file.endsWith('.cpuprofile'))) {
    const { nodes, samples, timeDeltas } = profile.parse(JSON.parse(readFileSync(join(dir, name), 'utf8')));
    const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
    let working = false;
    samples.forEach((id, i) => {
      const frame = frames.get(id);
      working ||= frame?.functionName === firstWork;
      if (!working) return;
      if (frame === undefined || frame.functionName === '(idle)') return;
      const ms = (timeDeltas[i] ?? 0) / 1_000;
      busyMs += ms;
      const file = shorten(frame.url);
      const name = frame.functionName === '' ? '(anonymous)' : frame.functionName;
      // What tsx compiled stands in one line; the name alone has to say where.
      const line = frame.lineNumber === 0 ? '' : `:${frame.lineNumber + 1}`;
      const where = file === '' ? name : `${name} ${file}${line}`;
      byFunction.set(where, (byFunction.get(where) ?? 0) + ms);
      byFile.set(file === '' ? name : file, (byFile.get(file === '' ? name : file) ?? 0) + ms);
    });
  }
  const top = (times: Map<string, number>): Hot[] =>
    [...times]
      .sort((a, b) => b[1] - a[1])
      .slice(0, limit)
      .map(([where, ms]) => ({ where, selfMs: Math.round(ms), share: Math.round((ms / busyMs) * 1_000) / 1_000 }));
  return { functions: top(byFunction), files: top(byFile) };
}

function shorten(url: string): string {
  return url
    .replace('file://', '')
    .replace(root, '')
    .replace(/^.*node_modules\//, '');
}
