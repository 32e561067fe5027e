import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * What `node` is started with for one of our processes, e.g. `hub/src/main.ts`: as `npm start` built it
 * (`supervisor/setup/services-build.mjs`). Throws when it was not built.
 */
export function builtService(entry: string): string[] {
  return ['--enable-source-maps', builtFile(entry)];
}

/** The built file of a source, e.g. of a thread. Throws when it was not built. */
export function builtFile(entry: string): string {
  const built = fileURLToPath(new URL(`../../build/${entry.replace(/\.ts$/, '.mjs')}`, import.meta.url));
  if (!existsSync(built))
    throw new Error(`${entry} is not built: run npm start, or node supervisor/setup/services-build.mjs`);
  return built;
}
