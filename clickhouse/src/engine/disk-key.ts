import { createHmac, timingSafeEqual } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type DiskKeyCheck = { ok: true } | { ok: false; message: string };

/**
 * Compares the key with the one that this data directory was made with, before the engine touches anything: opened with
 * another key it would fail table by table. What is kept is an HMAC under the key, which says nothing of 32 random bytes.
 */
export function checkDiskKey(engineDir: string, keyHex: string): DiskKeyCheck {
  const file = join(engineDir, 'key.check');
  const expected = createHmac('sha256', Buffer.from(keyHex, 'hex'))
    .update('deskwire engine disk, key check 1')
    .digest();
  if (existsSync(file)) {
    const kept = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
    if (kept.length === expected.length && timingSafeEqual(kept, expected)) return { ok: true };
    return {
      ok: false,
      message: `CLICKHOUSE_DISK_KEY: is not the key that the data in ${engineDir} was encrypted with`,
    };
  }
  const sealed = join(engineDir, 'sealed');
  if (existsSync(sealed) && readdirSync(sealed).length > 0) {
    return { ok: false, message: `${file} is missing although there is data: restore it, or move the directory away` };
  }
  writeFileSync(`${file}.new`, `${expected.toString('hex')}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  return { ok: true };
}
