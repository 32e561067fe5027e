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

export default defineConfig({
  plugins: [tailwindcss(), keepModuleUrls(), sveltekit()],
  // The rooms are TypeScript: they go into the bundle, so that the built server runs on plain Node.
  ssr: { noExternal: [/^@deskwire\//] },
});
