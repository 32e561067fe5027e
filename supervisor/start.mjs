import { setUp } from './setup.mjs';

// `npm start`: what is missing is installed and built; then this process is the supervisor.
await setUp({ nats: (process.env['NATS_URL'] ?? '') === '', services: true, web: true });
await import(new URL('../build/supervisor/src/main.mjs', import.meta.url).href);
