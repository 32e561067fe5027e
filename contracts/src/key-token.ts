/**
 * A foreign id as one token of a subject or key: base64url of its UTF-8 bytes.
 * Real ids hold spaces, dots and stars, which NATS subjects and KV keys do not allow.
 */
export function token(id: string): string {
  return Buffer.from(id, 'utf8').toString('base64url');
}

export function untoken(encoded: string): string {
  return Buffer.from(encoded, 'base64url').toString('utf8');
}
