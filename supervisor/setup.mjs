import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installNodeModules } from './setup/node-modules.mjs';
import { requireNodeVersion } from './setup/node-version.mjs';
import { chromium, natsServer, requireProgram } from './setup/programs.mjs';
import { SetUpError } from './setup/set-up-error.mjs';
import { buildServices } from './setup/services-build.mjs';
import { buildWeb } from './setup/web-build.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Makes a fresh checkout ready to run, with nothing but Node and npm there: these files import no package. What is there
 * already is skipped in milliseconds. When something is missing that we may not install, says so in one line and exits.
 * @param {{ nats?: boolean, services?: boolean, web?: boolean, browser?: boolean }} need
 * @returns {Promise<{ chromium: string | undefined }>} where the browser is, if one was asked for
 */
export async function setUp({ nats = false, services = false, web = false, browser = false }) {
  try {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    requireNodeVersion(process.versions.node, engines.node);
    await installNodeModules(root, say);
    if (nats) await requireProgram(natsServer, say);
    const path = browser ? await requireProgram(chromium, say) : undefined;
    if (services) await buildServices(root);
    if (web) await buildWeb(root, say);
    return { chromium: path };
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    console.error(`deskwire: ${error.message}`);
    process.exit(1);
  }
}

/** @param {string} line */
export const say = (line) => void process.stdout.write(`deskwire: ${line}\n`);
