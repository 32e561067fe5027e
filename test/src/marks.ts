import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every marked value holds one of these; nothing else in the system does. */
const word = 'qzxmark';
const digits = '15557733099';

/** Personal values that can be found again wherever they went. */
export const mark = {
  name: (n: number) => `Qzxmark Lovelace ${n}`,
  mail: (n: number) => `ada${n}.${word}@example.com`,
  phone: (n: number) => `+49${digits}${n}`,
  text: (n: number) => `My card ends in 4111, ${word.toUpperCase()} ${n}, please call`,
} as const;

const cores = [word, word.toUpperCase(), `Q${word.slice(1)}`, digits];

/** A mark as it may lie in a file or an answer: plain, UTF-16, and inside base64 and base64url at each alignment. */
const forms: Buffer[] = cores.flatMap((core) => [
  Buffer.from(core),
  Buffer.from(core, 'utf16le'),
  Buffer.from(core, 'utf16le').swap16(),
  ...[0, 1, 2].flatMap((shift) => base64Forms(core, shift)),
]);

/** The characters of base64 that depend on the core alone, when `shift` bytes (modulo 3) stand before it. */
function base64Forms(core: string, shift: number): Buffer[] {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(core)]);
  const from = Math.ceil((shift * 8) / 6);
  const to = Math.floor((bytes.length * 8) / 6);
  return (['base64', 'base64url'] as const).map((encoding) => Buffer.from(bytes.toString(encoding).slice(from, to)));
}

/** Whether any mark is in these bytes, in any form. */
export function holdsMark(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return forms.some((form) => buffer.includes(form));
}

/** Files below a folder with a mark in their bytes or their name. */
export function filesWithMarks(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => holdsMark(Buffer.from(file)) || holdsMark(readFileSync(file)));
}
