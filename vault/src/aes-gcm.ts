import { createCipheriv, createDecipheriv } from 'node:crypto';

/**
 * AES-256-GCM as [header][nonce 12][ciphertext][tag 16]; a text is sealed as UTF-8.
 * `name` is authenticated and not stored, so bytes moved under another name do not open. The header is not authenticated.
 */
export function encrypt(key: Buffer, nonce: Buffer, name: string, header: Buffer, plain: string | Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(name, 'latin1'));
  const body = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain);
  cipher.final();
  const bodyAt = header.length + nonceBytes;
  const sealed = Buffer.allocUnsafe(bodyAt + body.length + tagBytes);
  sealed.set(header);
  sealed.set(nonce, header.length);
  sealed.set(body, bodyAt);
  sealed.set(cipher.getAuthTag(), bodyAt + body.length);
  return sealed;
}

/** The plain bytes; undefined when key, name or any byte after the header is not what `encrypt` had. */
export function decrypt(key: Buffer, name: string, headerBytes: number, sealed: Uint8Array): Buffer | undefined {
  const bodyAt = headerBytes + nonceBytes;
  const tagAt = sealed.length - tagBytes;
  if (tagAt < bodyAt) return undefined;
  // Without authTagLength Node accepts tags of 4 bytes, which can be forged.
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(headerBytes, bodyAt), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(name, 'latin1'));
  decipher.setAuthTag(sealed.subarray(tagAt));
  const plain = decipher.update(sealed.subarray(bodyAt, tagAt));
  try {
    decipher.final();
  } catch {
    // The only way Node says that authentication failed; which input was wrong cannot be known.
    return undefined;
  }
  return plain;
}

/** Random bytes in pieces of one size, for nonces and keys. They are cut from a pool, since a small call costs as much as a sealing. */
export function createRandomPieces(pieceBytes: number, randomBytes: (size: number) => Buffer): () => Buffer {
  let pool: Buffer = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at === pool.length) {
      pool = randomBytes(pieceBytes * piecesPerPool);
      at = 0;
    }
    at += pieceBytes;
    return pool.subarray(at - pieceBytes, at);
  };
}

export const nonceBytes = 12;
const tagBytes = 16;
const piecesPerPool = 1024;
