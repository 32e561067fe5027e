import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Credentials } from '@deskwire/contracts/credentials';
import { demoKey } from '@deskwire/contracts/demo';
import { hashPassword, isPasswordOf } from '@deskwire/people/password';
import { createPeople, type People } from '@deskwire/people/people';
import { randomPersonId } from '@deskwire/people/random-person-id';
import { readRecords } from '@deskwire/people/users-bucket';
import { pathEnv } from '@deskwire/runtime/env';
import { builtService } from '@deskwire/runtime/built-service';
import { connectNats } from '@deskwire/runtime/nats';
import type { KV, NatsConnection } from 'nats';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { firstPeople } from './first-people.ts';
import { root } from './service-child.ts';
import { startNats, type TestNats } from './start-nats.ts';

let nats: TestNats;
let nc: NatsConnection;
let users: KV;
let config: KV;
let people: People;
let kept: Credentials['people'];

beforeAll(async () => {
  nats = await startNats();
  nc = await connectNats(nats.env('operator'), 'operator');
  [users, config] = await Promise.all([nc.jetstream().views.kv('users'), nc.jetstream().views.kv('config')]);
  const open = () => Promise.resolve({ kv: users, js: nc.jetstream() });
  people = createPeople({ open, randomId: randomPersonId, now: Date.now });
});
afterAll(async () => {
  await nc.close();
  await nats.stop();
});
beforeEach(async () => {
  kept = [];
  for (const key of (await readRecords(users, '>')).records.keys()) await users.delete(key);
  await config.delete(demoKey);
});

const start = (demo: '0' | '1') =>
  firstPeople({ nc, demo, known: kept, keep: (all) => (kept = all), origin: 'http://127.0.0.1:3000' });

describe('the first people', () => {
  it('of the demo are one per role, with passwords that are kept and work, however often it is started', async () => {
    const lines = await start('1');
    expect(kept.map(({ role }) => role)).toEqual(['agent', 'lead', 'analyst', 'admin']);
    for (const { email, password } of kept) {
      expect(lines.join('\n')).toContain(password);
      expect(await isPasswordOf((await people.find(email))?.password_hash, password)).toBe(true);
    }
    const before = structuredClone(kept);
    expect(await start('1')).toEqual(lines);
    expect(kept).toEqual(before);
    expect(await people.list()).toHaveLength(4);
  });

  it('of a start that was killed half way are completed', async () => {
    await start('1');
    const analyst = (await people.list()).find(({ role }) => role === 'analyst');
    await users.delete(`person.${analyst?.id}`);
    await start('1');
    expect((await people.list()).map(({ role }) => role).sort()).toEqual(['admin', 'agent', 'analyst', 'lead']);
  });

  it('of the demo do not come back once it was removed', async () => {
    await config.put(demoKey, JSON.stringify({ state: 'removed', removed_at: new Date().toISOString() }));
    expect((await start('1')).join('\n')).toContain('/welcome#');
    expect(await people.list()).toEqual([]);
  });

  it('on servers of one’s own are made through a link that a command prints, until somebody can administer', async () => {
    const print = () =>
      promisify(execFile)(process.execPath, builtService('supervisor/src/first-administrator.ts'), {
        cwd: root,
        env: { ...pathEnv(), ...nats.env('operator'), PUBLIC_URL: 'https://desk.example.com' },
      });
    expect((await print()).stdout).toMatch(/\n {2}https:\/\/desk\.example\.com\/welcome#[\w-]{43}\n$/);
    const password_hash = await hashPassword('a password of hers');
    await people.add({ name: 'Ada', email: 'ada@example.com', role: 'admin', teams: [], password_hash });
    expect((await print()).stdout).toBe('there is an administrator\n');
  });

  it('without the demo are made through a link that is printed while nobody can administer', async () => {
    const lines = await start('0');
    expect(lines[1]).toMatch(/^ {2}http:\/\/127\.0\.0\.1:3000\/welcome#[\w-]{43}$/);
    expect(kept).toEqual([]);
    const password_hash = '$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA';
    await people.add({ name: 'Ana', email: 'ana@example.com', role: 'admin', teams: [], password_hash });
    expect(await start('0')).toEqual([]);
    expect(await start('1')).toEqual([]);
  });
});
