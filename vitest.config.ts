import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** Real servers on shared cores take their time; what never comes true fails all the same. ms. */
const patience = { timeout: 20_000 };

/** It keeps both cores at full flow, so it runs before the others: beside them all would take several times as long. */
const chaos = 'test/chaos.live.test.ts';

export default defineConfig({
  test: {
    projects: [
      {
        // For classes with runes.
        plugins: [svelte()],
        test: {
          name: 'unit',
          // Nothing here changes what another file sees; a process for each of them costs more than its tests.
          isolate: false,
          sequence: { groupOrder: 0 },
          include: ['*/src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/*.live.test.ts', '**/*.browser.test.ts', '**/node_modules/**'],
          // Live and browser tests run beside them, see supervisor/test.mjs.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'chaos',
          sequence: { groupOrder: 1 },
          include: [chaos],
          globalSetup: ['supervisor/setup/services-global-setup.mjs'],
        },
      },
      {
        test: {
          name: 'live',
          isolate: false,
          sequence: { groupOrder: 2 },
          include: ['**/*.live.test.ts'],
          exclude: [chaos, '**/node_modules/**'],
          globalSetup: ['supervisor/setup/services-global-setup.mjs'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: patience },
          // Real servers share two cores: more files at once only make each of them slower.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'browser',
          sequence: { groupOrder: 3 },
          include: ['**/*.browser.test.ts'],
          exclude: ['**/node_modules/**'],
          globalSetup: ['supervisor/setup/services-global-setup.mjs', 'web/test/browser-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          expect: { poll: patience },
          // Two live tests run beside them, see supervisor/test.mjs.
          maxWorkers: 1,
        },
      },
    ],
  },
});
