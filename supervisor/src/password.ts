import { randomBytes } from 'node:crypto';
import { hash } from 'bcryptjs';

/** A new secret of 256 bits, in base64url. */
export const newPassword = () => randomBytes(32).toString('base64url');

/**
 * What the broker keeps of a password. bcrypt is slow to make guessing dear; 256 random bits cannot be guessed at any
 * speed, so the lowest cost is right: the broker hashes again at every connect and, for everyone, at every reload.
 */
export const hashPassword = (password: string) => hash(password, 4);
