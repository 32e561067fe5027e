import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { masterKeyCheck } from '@deskwire/vault/master-key';
import { StartRefused } from './start-refused.ts';

export interface MasterKeyPlace {
  dataDir: string;
  /** The MASTER_KEY variable, 32 bytes. */
  given: Buffer | undefined;
  /** Outside loopback the key must not lie beside the data. */
  fileAllowed: boolean;
}

/**
 * The key that wraps every other key: from the environment, else `DATA_DIR/master.key`, made on the first start. Throws
 * StartRefused, with nothing changed, when it is not the key that the data was written with.
 */
export function openMasterKey({ dataDir, given, fileAllowed }: MasterKeyPlace): Buffer {
  const file = join(dataDir, 'master.key');
  if (given === undefined && !fileAllowed) {
    throw new StartRefused(
      `MASTER_KEY is missing: outside loopback the key has to come from the environment, not from ${file}`,
    );
  }
  const check = readText(masterCheckFile(dataDir));
  const key = given ?? readKey(file) ?? (check === undefined ? makeKey(file) : undefined);
  if (key === undefined) {
    throw new StartRefused(`${file} is gone, and ${dataDir} was written with it: put it back or set MASTER_KEY`);
  }
  if (check !== undefined && check !== masterKeyCheck(key)) {
    const name = given === undefined ? file : 'MASTER_KEY';
    throw new StartRefused(
      `${name} is not the key that ${dataDir} was written with; set the right one, or another DATA_DIR to begin anew`,
    );
  }
  if (check === undefined) writeFileSync(masterCheckFile(dataDir), `${masterKeyCheck(key)}\n`, { mode: 0o600 });
  return key;
}

/** What the key is recognised by; it reveals nothing about it. Written once the key is accepted. */
export const masterCheckFile = (dataDir: string) => join(dataDir, 'master.check');

function readKey(file: string): Buffer | undefined {
  const text = readText(file);
  if (text === undefined) return undefined;
  const key = Buffer.from(text, 'base64');
  if (key.length !== 32) throw new StartRefused(`${file} does not hold 32 bytes in base64`);
  chmodSync(file, 0o600);
  return key;
}

/** Whole or not at all: a crash in the middle must not leave half a key. */
function makeKey(file: string): Buffer {
  const key = randomBytes(32);
  const draft = `${file}.draft`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${key.toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  linkSync(draft, file);
  rmSync(draft);
  return key;
}

const readText = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined);
