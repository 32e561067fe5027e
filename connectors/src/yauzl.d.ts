/** The part of yauzl 3.4 that is used here; `@types/yauzl` describes version 2. */
declare module 'yauzl' {
  import type { Readable } from 'node:stream';

  export interface Entry {
    fileName: string;
    uncompressedSize: number;
  }
  export interface ZipFile {
    /** Needs `lazyEntries`; may be called once. */
    eachEntry(): AsyncIterable<Entry>;
    /** Rejects for an encrypted entry or an unknown compression; the stream fails when the sizes do not agree. */
    openReadStreamPromise(entry: Entry): Promise<Readable>;
    close(): void;
  }
  export function openPromise(path: string, options: { lazyEntries: true; autoClose: false }): Promise<ZipFile>;
}
