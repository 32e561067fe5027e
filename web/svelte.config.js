import adapter from '@sveltejs/adapter-node';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  kit: {
    adapter: adapter(),
    // Origins are known at run time only (PUBLIC_URL): hooks.server.ts checks them, for every method that changes something.
    csrf: { trustedOrigins: ['*'] },
    // What is smaller than the request for it stands in the page: the first paint waits for each of those.
    inlineStyleThreshold: 1_024,
    csp: {
      mode: 'auto',
      directives: {
        'default-src': ['self'],
        'script-src': ['self'],
        'style-src': ['self'],
        // The one style attribute of SvelteKit, its announcer of navigations to screen readers, and the one of bits-ui's commands:
        // "display: contents;".
        'style-src-attr': [
          'unsafe-hashes',
          'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo=',
          'sha256-iaOezIDcQIoxCULa6FBKKuLUu09R7kG+Mlu+JVfU3Rw=',
        ],
        'img-src': ['self', 'data:'],
        'font-src': ['self'],
        // The hub's origin is added at run time.
        'connect-src': ['self'],
        'object-src': ['none'],
        'base-uri': ['none'],
        'form-action': ['self'],
        'frame-ancestors': ['none'],
      },
    },
  },
};
