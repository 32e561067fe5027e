/** Bytes that one UTF-16 unit can need in UTF-8. */
const utf8BytesMax = 3;

/**
 * Writes ClickHouse's RowBinary into one growing buffer. Values are appended in column order; nothing marks a row's end.
 * Integers are little-endian, strings carry their length as LEB128.
 */
export class RowBinaryWriter {
  #buffer: Buffer<ArrayBuffer>;
  #end = 0;

  constructor(sizeBytes = 1 << 20) {
    // Never of the pool that small buffers share: these bytes are handed from thread to thread with the memory they lie in.
    this.#buffer = Buffer.allocUnsafeSlow(sizeBytes);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#end;
  }

  /** The bytes written; valid until the next write. */
  bytes(): Buffer<ArrayBuffer> {
    return this.#buffer.subarray(0, this.#end);
  }

  uint8(value: number): void {
    this.#room(1);
    this.#buffer[this.#end++] = value;
  }

  uint32(value: number): void {
    this.#room(4);
    this.#end = this.#buffer.writeUInt32LE(value, this.#end);
  }

  /** A whole number from 0 to 2^53. */
  uint64(value: number): void {
    this.halves(value >>> 0, Math.floor(value / 0x1_0000_0000));
  }

  /** A signed whole number within 2^53: DateTime64 as a count of its ticks. */
  int64(value: number): void {
    this.halves(value >>> 0, Math.floor(value / 0x1_0000_0000));
  }

  /** A 64-bit value as two unsigned halves. */
  halves(low: number, high: number): void {
    this.#room(8);
    this.#buffer.writeUInt32LE(low >>> 0, this.#end);
    this.#end = this.#buffer.writeUInt32LE(high >>> 0, this.#end + 4);
  }

  float64(value: number): void {
    this.#room(8);
    this.#end = this.#buffer.writeDoubleLE(value, this.#end);
  }

  /** How many elements of an array follow. */
  arrayLength(count: number): void {
    this.#room(5);
    this.#varint(count);
  }

  /** A text without its length: no value of its own. */
  text(text: string): void {
    this.#room(text.length * utf8BytesMax);
    this.#end += this.#buffer.write(text, this.#end, 'utf8');
  }

  /** Bytes as they are, values written elsewhere. */
  bytesOf(bytes: Uint8Array, start: number, end: number): void {
    this.#room(end - start);
    this.#buffer.set(bytes.subarray(start, end), this.#end);
    this.#end += end - start;
  }

  /** The length of a string whose bytes follow. */
  stringLength(bytes: number): void {
    this.arrayLength(bytes);
  }

  string(text: string): void {
    const length = text.length;
    this.#room(length * utf8BytesMax + 5);
    if (length < 64 && this.#shortAscii(text, length)) return;
    const bytes = Buffer.byteLength(text, 'utf8');
    this.#varint(bytes);
    this.#end += this.#buffer.write(text, this.#end, bytes, 'utf8');
  }

  /** Most columns are short and ASCII: a loop beats the call into native code. */
  #shortAscii(text: string, length: number): boolean {
    const buffer = this.#buffer;
    let at = this.#end;
    buffer[at++] = length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      buffer[at++] = code;
    }
    this.#end = at;
    return true;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.#buffer[this.#end++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#buffer[this.#end++] = rest;
  }

  #room(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#end + bytes));
    this.#buffer.copy(larger, 0, 0, this.#end);
    this.#buffer = larger;
  }
}
