import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from './broker-logins.ts';
import { brokerFiles } from './nats-config.ts';

const files = ['meta.key', 'meta.inf', 'meta.sum'] as const;
const saved = z.record(z.string(), z.record(z.enum(files), z.base64()));

export interface StreamMeta {
  /** While the server does not run, before each start. */
  restore: () => void;
  /** Whenever all streams are known to be there: after each start, and after streams were made or changed. */
  save: () => void;
  /**
   * Before a stream is given a higher limit: put back later, the lower one would make the server delete what was stored beyond it. Until the
   * next `save` nothing is put back there. Throws when that cannot be written down.
   */
  forget: (name: string) => void;
}

/**
 * Keeps a copy of what each stream is. nats-server 2.9.10 deletes the key of every encrypted stream when it starts and
 * writes a new one with the stream's file after it: killed in between, it cannot read the stream ever again (measured),
 * and everything acknowledged in it is gone. The copy is one file, so that its parts belong together; it is as encrypted as they are.
 * One that cannot be read is told of and left out: the server starts without it, as it does the first time.
 */
export function keepStreamMeta(dir: string, onUnreadable: (cause: unknown) => void): StreamMeta {
  const copy = join(dir, 'stream-meta.json');
  const streams = join(brokerFiles(dir).store, 'jetstream', '$G', 'streams');
  const names = () => (existsSync(streams) ? readdirSync(streams) : []);

  const writeCopy = (copied: object) => replaceFile(copy, JSON.stringify(copied));
  const readCopy = () => {
    if (!existsSync(copy)) return {};
    try {
      return saved.parse(JSON.parse(readFileSync(copy, 'utf8')));
    } catch (cause) {
      onUnreadable(cause);
      return {};
    }
  };

  return {
    restore: () => {
      const known = readCopy();
      for (const name of names()) {
        for (const [file, text] of Object.entries(known[name] ?? {})) {
          const place = join(streams, name, file);
          const bytes = Buffer.from(text, 'base64');
          // Not written without need: a full disk would leave an empty file.
          if (!existsSync(place) || !readFileSync(place).equals(bytes)) writeFileSync(place, bytes, { mode: 0o640 });
        }
      }
    },
    save: () => {
      const now = names();
      const complete = now.filter((name) => files.every((file) => existsSync(join(streams, name, file))));
      const earlier = Object.entries(readCopy()).filter(([name]) => now.includes(name));
      const read = (name: string) =>
        Object.fromEntries(files.map((file) => [file, readFileSync(join(streams, name, file), 'base64')]));
      writeCopy(Object.fromEntries([...earlier, ...complete.map((name) => [name, read(name)] as const)]));
    },
    forget: (name) => writeCopy(Object.fromEntries(Object.entries(readCopy()).filter(([known]) => known !== name))),
  };
}
