import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { NatsError } from 'nats';
import { expect, test, vi } from 'vitest';
import { tombstone } from './data-key.ts';
import type { KeyBucket } from './key-bucket.ts';
import { customerKey, type KeyName, quarantineKey, ticketKey } from './key-name.ts';
import { createMemoryBucket } from './memory-bucket.ts';
import {
  KeyDamagedError,
  KeyNotReadyError,
  KeysUnavailableError,
  SealDamagedError,
  WrongMasterKeyError,
} from './vault-error.ts';
import { openVault, type Vault } from './vault.ts';

const masterKey = Buffer.alloc(32, 7);
const ticket = ticketKey('zendesk', '35436');
const customer = customerKey('zendesk', 'ada');
const open = (kv: KeyBucket = createMemoryBucket(), options = {}) =>
  openVault({ kv, masterKey, watchRetryMs: 0, ...options });

function sealed(vault: Vault, name: KeyName, plain: string | Uint8Array): Buffer {
  const result = vault.seal(name, plain);
  if ('dropped' in result) throw new Error('dropped');
  return result.sealed;
}

/** Resolves once all of them have heard that the key was destroyed. */
const untilDropped = (vaults: readonly Vault[], name: KeyName) =>
  vi.waitFor(
    () => expect(vaults.map((vault) => vault.seal(name, 'x'))).toEqual(vaults.map(() => ({ dropped: 'destroyed' }))),
    { timeout: 10_000 },
  );

test('opens what it sealed, byte for byte, in this process and in another one', async () => {
  const kv = createMemoryBucket();
  const [vault, other] = [await open(kv), await open(kv)];
  await vault.ready([ticket]);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const plain = Buffer.from(bytes);
      expect(await vault.unseal(ticket, sealed(vault, ticket, bytes))).toEqual({ plain });
      expect(await other.unseal(ticket, sealed(vault, ticket, bytes))).toEqual({ plain });
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const result = vault.sealText(ticket, text);
      expect(vault.unsealReady(ticket, 'sealed' in result ? result.sealed : '')).toEqual({ plain: Buffer.from(text) });
    }),
  );
});

test('lays out version 1, a nonce that never repeats, the ciphertext and the tag', async () => {
  const vault = await open();
  await vault.ready([ticket]);
  const many = Array.from({ length: 3_000 }, () => sealed(vault, ticket, 'abc'));
  expect(many.every((each) => each[0] === 1 && each.length === 1 + 12 + 3 + 16)).toBe(true);
  expect(new Set(many.map((each) => each.subarray(1, 13).toString('hex'))).size).toBe(many.length);
});

test('refuses sealed bytes with any bit changed, cut short, or moved under another name', async () => {
  const vault = await open();
  await vault.ready([ticket, customer]);
  const good = sealed(vault, ticket, 'my card is 4111');
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bad = Buffer.from(good);
      bad.writeUInt8(bad.readUInt8(at) ^ flip, at);
      expect(() => vault.unsealReady(ticket, bad)).toThrow(SealDamagedError);
      expect(() => vault.unsealReady(ticket, good.subarray(0, at))).toThrow(SealDamagedError);
    }),
  );
  await expect(vault.unseal(customer, good)).rejects.toThrow(SealDamagedError);
});

test('refuses a stored key that was copied under another name', async () => {
  const kv = createMemoryBucket();
  const vault = await open(kv);
  await vault.ready([ticket]);
  kv.overwrite(customer, kv.entries.get(ticket)?.value ?? new Uint8Array());
  await expect(vault.ready([customer])).rejects.toThrow(KeyDamagedError);
});

test('refuses another master key in one line and leaves the bucket as it was', async () => {
  const kv = createMemoryBucket();
  await (await open(kv)).ready([ticket]);
  const before = structuredClone([...kv.entries]);
  const puts = kv.calls.put;
  const error: unknown = await open(kv, { masterKey: randomBytes(32) }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(WrongMasterKeyError);
  expect(error).toHaveProperty('message', expect.stringMatching(/^MASTER_KEY is not the one.*$/));
  expect([...kv.entries]).toEqual(before);
  expect(kv.calls.put).toBe(puts);
});

test('refuses to seal and to open before the key is there', async () => {
  const vault = await open();
  expect(() => vault.seal(ticket, 'x')).toThrow(KeyNotReadyError);
  expect(() => vault.unsealReady(ticket, 'x')).toThrow(KeyNotReadyError);
  await vault.load([ticket]);
  expect(() => vault.seal(ticket, 'x')).toThrow(KeyNotReadyError);
});

test('makes no key by reading, and says that it is absent until somebody makes it', async () => {
  const kv = createMemoryBucket();
  const [vault, other] = [await open(kv), await open(kv)];
  expect(await vault.state(ticket)).toBe('absent');
  expect(await vault.unseal(ticket, 'AQ==')).toEqual({ gone: 'absent' });
  expect(kv.entries.has(ticket)).toBe(false);
  await other.ready([ticket]);
  expect(await vault.unseal(ticket, sealed(other, ticket, 'hello'))).toEqual({ plain: Buffer.from('hello') });
  expect(await vault.state(ticket)).toBe('live');
});

test('ends with one key when many processes make it at the same time', async () => {
  const kv = createMemoryBucket();
  const vaults = await Promise.all(Array.from({ length: 5 }, () => open(kv)));
  const names = Array.from({ length: 1_200 }, (_, at) => ticketKey('zendesk', `${at}`));
  await Promise.all(vaults.map((vault) => vault.ready(names)));
  for (const name of names) {
    const [first, ...others] = vaults;
    const bytes = first && sealed(first, name, 'same key');
    for (const other of others)
      expect(other.unsealReady(name, bytes ?? '')).toEqual({ plain: Buffer.from('same key') });
  }
});

test('asks about each new key once when most are new, and about each known key once when most are known', async () => {
  const kv = createMemoryBucket();
  const names = Array.from({ length: 5_000 }, (_, at) => ticketKey('zendesk', `${at}`));
  const vault = await open(kv);
  const before = { ...kv.calls };
  await vault.ready([...names, ...names]);
  expect(kv.calls.put - before.put).toBe(5_000);
  expect(kv.calls.get - before.get).toBe(500);
  const later = await open(kv);
  const puts = kv.calls.put;
  await later.ready(names);
  await later.ready(names);
  expect(kv.calls.put).toBe(puts);
});

test('keeps the keys of a batch larger than its cache until the batch is sealed', async () => {
  const vault = await open(createMemoryBucket(), { cacheMax: 10 });
  const batch = (from: number) => Array.from({ length: 100 }, (_, at) => ticketKey('zendesk', `${from + at}`));
  const batches = [0, 100, 200, 300].map(batch);
  await Promise.all(batches.map((each) => vault.ready(each)));
  for (const name of batches.flat()) expect(vault.seal(name, 'x')).toHaveProperty('sealed');
});

test('opens many at once with a cache smaller than they are', async () => {
  const kv = createMemoryBucket();
  const [writer, reader] = [await open(kv), await open(kv, { cacheMax: 2 })];
  const names = Array.from({ length: 200 }, (_, at) => ticketKey('zendesk', `${at}`));
  await writer.ready(names);
  const opened = await Promise.all(names.map((name) => reader.unseal(name, sealed(writer, name, name))));
  expect(opened).toEqual(names.map((name) => ({ plain: Buffer.from(name) })));
});

test('drops fields under a destroyed key in every process, and never makes it anew', async () => {
  const kv = createMemoryBucket();
  const vaults = [await open(kv), await open(kv)];
  for (const vault of vaults) await vault.ready([ticket, customer]);
  const old = vaults.map((vault) => sealed(vault, customer, 'Ada Lovelace'));
  kv.overwrite(customer, tombstone);
  await untilDropped(vaults, customer);
  for (const vault of [...vaults, await open(kv)]) {
    await vault.ready([customer, ticket]);
    expect(vault.seal(customer, 'Ada again')).toEqual({ dropped: 'destroyed' });
    expect(vault.sealText(customer, 'Ada again')).toEqual({ dropped: 'destroyed' });
    expect(vault.seal(ticket, 'still there')).toHaveProperty('sealed');
    for (const bytes of old) expect(await vault.unseal(customer, bytes)).toEqual({ gone: 'destroyed' });
    expect(await vault.state(customer)).toBe('destroyed');
  }
  expect(kv.entries.get(customer)?.value).toEqual(tombstone);
});

test("takes NATS' own mark of a deletion for a destroyed key", async () => {
  const kv = createMemoryBucket();
  kv.overwrite(ticket, new Uint8Array(), 'PURGE');
  const vault = await open(kv);
  await vault.ready([ticket]);
  expect(vault.seal(ticket, 'x')).toEqual({ dropped: 'destroyed' });
  expect(kv.entries.get(ticket)?.operation).toBe('PURGE');
});

test('takes a key for destroyed when the tombstone overtakes the answer that it lives', async () => {
  const kv = createMemoryBucket();
  await (await open(kv)).ready([ticket]);
  let [noteAsked, answer] = [() => {}, () => {}];
  const asked = new Promise<void>((resolve) => (noteAsked = resolve));
  const late = new Promise<void>((resolve) => (answer = resolve));
  const vault = await open({
    ...kv,
    async get(key) {
      const entry = await kv.get(key);
      if (key === ticket) {
        noteAsked();
        await late;
      }
      return entry;
    },
  });
  const ready = vault.ready([ticket]);
  await asked;
  kv.overwrite(ticket, tombstone);
  await untilDropped([vault], ticket);
  answer();
  await ready;
  expect(vault.seal(ticket, 'x')).toEqual({ dropped: 'destroyed' });
});

test('learns of a key that was destroyed while the watch was broken, and says that it was', async () => {
  const kv = createMemoryBucket();
  const broken: unknown[] = [];
  const vault = await open(kv, { onWatchBroken: (cause: unknown) => broken.push(cause) });
  await vault.ready([ticket]);
  kv.breakWatches();
  kv.overwrite(ticket, tombstone);
  await untilDropped([vault], ticket);
  expect(broken).toHaveLength(1);
  await vault.close();
});

test('opened to read, writes nothing, and still refuses keys of another master key', async () => {
  const kv = createMemoryBucket();
  const early = await open(kv, { readOnly: true, masterKey: Buffer.alloc(32, 8) });
  expect(kv.calls.put).toBe(0);
  const writer = await open(kv);
  await writer.ready([ticket]);
  await expect(early.load([ticket])).rejects.toThrow(WrongMasterKeyError);
  await expect(open(kv, { readOnly: true, masterKey: Buffer.alloc(32, 8) })).rejects.toThrow(WrongMasterKeyError);
  const reader = await open(kv, { readOnly: true });
  expect(await reader.unseal(ticket, sealed(writer, ticket, 'hi'))).toEqual({ plain: Buffer.from('hi') });
  await expect(reader.ready([customer])).rejects.toThrow('opened to read');
  expect(kv.entries.has(customer)).toBe(false);
});

test('can be asked again after the bucket failed half-way', async () => {
  const kv = createMemoryBucket();
  let puts = 0;
  const failing = {
    ...kv,
    put: (key: string, value: Uint8Array, options: { previousSeq: number }) =>
      ++puts === 300 ? Promise.reject(new Error('timeout')) : kv.put(key, value, options),
  };
  const vault = await open(failing);
  const names = [
    quarantineKey('2026-11-22'),
    ...Array.from({ length: 1_000 }, (_, at) => ticketKey('zendesk', `${at}`)),
  ];
  await expect(vault.ready(names)).rejects.toThrow(KeysUnavailableError);
  await vault.ready(names);
  for (const name of names) expect(vault.seal(name, 'x')).toHaveProperty('sealed');
});

test('forgets its keys when it is closed', async () => {
  const vault = await open();
  await vault.ready([ticket]);
  await vault.close();
  expect(() => vault.seal(ticket, 'x')).toThrow(KeyNotReadyError);
});

test('takes the key of another process that is still on its way through a cluster', async () => {
  const kv = createMemoryBucket();
  const first = await open(kv);
  const lost = new NatsError('wrong last sequence', '400');
  lost.api_error = { code: 400, err_code: 10_164, description: 'wrong last sequence' };
  let looks = 0;
  const second = await open({
    ...kv,
    get: (key: string) => (key === ticket && ++looks < 4 ? Promise.resolve(null) : kv.get(key)),
    put: async () => {
      await first.ready([ticket]);
      throw lost;
    },
  });
  await second.ready([ticket]);
  expect(await first.unseal(ticket, sealed(second, ticket, 'hi'))).toEqual({ plain: Buffer.from('hi') });
});
