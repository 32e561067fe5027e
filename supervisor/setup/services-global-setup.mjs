import { fileURLToPath } from 'node:url';
import { buildServices } from './services-build.mjs';

/** Tests with real servers start what is built of the sources as they are. */
export default () => buildServices(fileURLToPath(new URL('../..', import.meta.url)));
