/** As much of a message as tells what kind it is. */
const headBytes = 64;
const headerBytesMax = 10;

export const opcodes = { text: 1, ping: 9, pong: 10 } as const;

/**
 * Reads the frames of a WebSocket server (RFC 6455: not masked) from chunks that may end anywhere, and tells of each its opcode
 * and its first bytes. The rest is skipped: thousands of clients in one process must cost less than the server they measure.
 */
export function createFrameReader(onFrame: (opcode: number, head: string) => void): (chunk: Buffer) => void {
  const start = Buffer.alloc(headerBytesMax + headBytes);
  let have = 0;
  let need = 2;
  let skip = 0;

  return (chunk) => {
    for (let at = 0; at < chunk.length;) {
      if (skip > 0) {
        const some = Math.min(skip, chunk.length - at);
        skip -= some;
        at += some;
        continue;
      }
      const some = Math.min(need - have, chunk.length - at);
      chunk.copy(start, have, at, at + some);
      have += some;
      at += some;
      if (have === need) look();
    }
  };

  /** Enough is here to know how much more is needed, or all that is. */
  function look(): void {
    const { header, length } = measure(start);
    if (have < header) {
      need = header;
      return;
    }
    const kept = Math.min(length(), headBytes);
    need = header + kept;
    if (have < need) return;
    const opcode = start.readUInt8(0) & 0x0f;
    skip = length() - kept;
    have = 0;
    need = 2;
    onFrame(opcode, start.toString('latin1', header, header + kept));
  }
}

function measure(start: Buffer): { header: number; length: () => number } {
  const short = start.readUInt8(1) & 0x7f;
  if (short === 126) return { header: 4, length: () => start.readUInt16BE(2) };
  if (short === 127) return { header: 10, length: () => Number(start.readBigUInt64BE(2)) };
  return { header: 2, length: () => short };
}

/** A frame of a client, masked with zeros: the text as it is. */
export function clientFrame(opcode: number, text = ''): Buffer {
  const body = Buffer.from(text);
  if (body.length > 125) throw new RangeError(`a message of ${body.length} bytes is longer than these clients send`);
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | body.length, 0, 0, 0, 0]), body]);
}
