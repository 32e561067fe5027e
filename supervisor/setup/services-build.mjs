import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SetUpError } from './set-up-error.mjs';
import { sourceHash } from './source-hash.mjs';

/** The processes that run on plain Node; `build/<the same path>.mjs` is what is started. */
export const services = [
  'clickhouse/src/engine/main.ts',
  'connectors/src/demo.ts',
  'connectors/src/replay.ts',
  'hub/src/main.ts',
  'hub/src/token.ts',
  'ingest/src/decode-thread.ts',
  'ingest/src/main.ts',
  'ingest/src/self-check.ts',
  'supervisor/src/broker-config.ts',
  'supervisor/src/first-administrator.ts',
  'supervisor/src/integration.ts',
  'supervisor/src/main.ts',
  'supervisor/src/provision.ts',
  'web/src/main.ts',
  'workflows/src/main.ts',
];
const rooms = [
  ...new Set(services.map((path) => path.replace(/\/.*/, ''))),
  'contracts',
  'people',
  'runtime',
  'streams',
  'vault',
];
const sources = [...rooms.map((room) => `${room}/src`), 'package-lock.json', 'supervisor/setup/services-build.mjs'];
/** Of the web room only the process; its app has a build of its own. */
const webApp = /^web\/src\/(routes|lib\/(?!server))/;

/** Native, or looked for at run time. */
const external = ['chdb', 'uWebSockets.js', '@node-rs/*'];
const requireForCommonJs = `import { createRequire as createRequireOfBuild } from 'node:module'; const require = createRequireOfBuild(import.meta.url);`;

/**
 * Compiles our processes into one folder when their sources are not those of the build that is there: a process starts in a third of the
 * time that it takes when each start compiles. Files are replaced whole, so that a process may start meanwhile. Throws SetUpError.
 * @param {string} root
 */
export async function buildServices(root) {
  const folder = join(root, 'build');
  const stampFile = join(folder, '.deskwire');
  // The build holds absolute paths of files that the rooms read beside their source: a moved checkout is built again.
  const stamp = `${sourceHash(root, sources, webApp)} ${root}`;
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  const written = new Set(['.deskwire']);
  for (const { path, contents } of await compile(root, folder)) {
    written.add(path.slice(folder.length + 1));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.${process.pid}`, contents);
    renameSync(`${path}.${process.pid}`, path);
  }
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !written.has(path.slice(folder.length + 1))) rmSync(path, { force: true });
  }
  writeFileSync(stampFile, stamp);
}

/** @param {string} root @param {string} folder */
async function compile(root, folder) {
  const { build } = await import('esbuild');
  try {
    const { outputFiles } = await build({
      ...{ absWorkingDir: root, entryPoints: services, outbase: root, outdir: folder, outExtension: { '.js': '.mjs' } },
      ...{
        bundle: true,
        splitting: true,
        platform: 'node',
        format: 'esm',
        target: 'node20',
        sourcemap: true,
        write: false,
      },
      ...{ external, banner: { js: requireForCommonJs }, plugins: [keepModuleUrls], logLevel: 'silent' },
    });
    return outputFiles;
  } catch (error) {
    throw new SetUpError(`the services could not be built\n${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Our rooms read files beside their source (`new URL('x.sql', import.meta.url)`), which bundling would move away from it.
 * @type {import('esbuild').Plugin}
 */
const keepModuleUrls = {
  name: 'keep-module-urls',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path.includes('/node_modules/')) return undefined;
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', url), loader: 'ts' };
    }),
};

// Before `npm run chaos` and `npm run bench`; the set-up imports the rest of this file.
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await buildServices(fileURLToPath(new URL('../..', import.meta.url)));
