import { pathToFileURL } from 'node:url';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig, type Plugin } from 'vite';

/** Our rooms read files beside their source (`new URL('x.sql', import.meta.url)`), which bundling would move away from it. */
function keepModuleUrls(): Plugin {
  return {
    name: 'keep-module-urls',
    apply: 'build',
    transform(code, id) {
      const ours = /\/clickhouse\/src\/[^?]+\.ts$/.test(id) && code.includes('import.meta.url');
      return ours ? code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)) : undefined;
    },
  };
}

/**
 * The browser's files, few and large: over HTTP/1.1 six travel at a time, and each further one waits for a round trip. A group takes
 * what it names with all that this imports and no group before it has; the rest stays with its page, or comes when it is wanted.
 */
const chunks = [
  // Of every page behind the sign-in.
  { name: 'shell', test: /\/kit\/src\/runtime\/client\/entry\.js$|\/\(shell\)\/(\+layout|TopBar)\.svelte$/ },
  {
    name: 'shared',
    test: /\/web\/src\/lib\/|\/lucide\/|\/contracts\/src\/(subjects|key-token|reasons)\.ts$/,
    tags: ['$initial' as const],
    minShareCount: 2,
  },
  // What reads answers and frames, then what holds the socket.
  {
    name: 'schemas',
    test: /\/lib\/(alerts\/ask-alerts|overview\/ask-(figures|receipt)|live\/(kpi|flow)-channel)\.ts$/,
  },
  { name: 'live', test: /\/lib\/live\/hub-client\.ts$/ },
];

export default defineConfig({
  plugins: [tailwindcss(), keepModuleUrls(), sveltekit()],
  // The rooms are TypeScript: they go into the bundle, so that the built server runs on plain Node.
  ssr: { noExternal: [/^@deskwire\//] },
  environments: { client: { build: { rolldownOptions: { output: { codeSplitting: { groups: chunks } } } } } },
});
