import { setUp } from './setup.mjs';

// `npm start`: what is missing is installed and built; then this process is the supervisor.
await setUp({ nats: (process.env['NATS_URL'] ?? '') === '', web: true });
const { register } = await import('tsx/esm/api');
register();
await import('./src/main.ts');
