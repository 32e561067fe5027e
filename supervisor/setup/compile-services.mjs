import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { services } from './services-build.mjs';

// `node compile-services.mjs <root>`, for `buildServices`: writes `<root>/build`. Files are replaced whole, so that a process may start
// meanwhile. What cannot be compiled is said on stderr, and the exit code is 1.
const root = process.argv[2] ?? '';
const folder = join(root, 'build');

/** Native, or looked for at run time. */
const external = ['chdb', 'uWebSockets.js', '@node-rs/*'];
const requireForCommonJs = `import { createRequire as createRequireOfBuild } from 'node:module'; const require = createRequireOfBuild(import.meta.url);`;

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

async function compile() {
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
}

/** @param {import('esbuild').OutputFile[]} files */
function write(files) {
  const written = new Set(['.deskwire']);
  for (const { path, contents } of files) {
    written.add(path.slice(folder.length + 1));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.${process.pid}`, contents);
    renameSync(`${path}.${process.pid}`, path);
  }
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !written.has(path.slice(folder.length + 1))) rmSync(path, { force: true });
  }
}

try {
  write(await compile());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
