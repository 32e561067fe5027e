import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { palettePng } from './palette-png';
import { buildWeb } from './start-web';

/**
 * Before the browser tests the app is built: two that begin at once would build into the same folder. After them the pictures they
 * took, if they were asked to, are made small: at once it would take the time in which a state can be seen.
 */
export default async function setUp(): Promise<() => void> {
  await buildWeb();
  return () => {
    const folder = process.env['SCREENSHOTS'];
    if (folder === undefined) return;
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.png'))) {
      const path = join(folder, name);
      const small = palettePng(readFileSync(path));
      if (small !== undefined) writeFileSync(path, small);
    }
  };
}
