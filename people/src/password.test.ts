import { parseOptions } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { hashPassword, isPasswordOf, passwordProblem } from './password.ts';

describe('a password', () => {
  it('is kept as argon2id with 19 MiB, two passes and a salt of its own', async () => {
    const [first, second] = await Promise.all([hashPassword('four quiet herons'), hashPassword('four quiet herons')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(parseOptions(first)).toMatchObject({ memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 });
    expect(first).not.toBe(second);
    expect(await isPasswordOf(first, 'four quiet herons')).toBe(true);
    expect(await isPasswordOf(first, 'four quiet heron')).toBe(false);
  });

  it('is the same however its letters are composed', async () => {
    const kept = await hashPassword('caf\u00e9 at the harbour');
    expect(await isPasswordOf(kept, 'cafe\u0301 at the harbour')).toBe(true);
  });

  it('is never right for somebody who has none', async () => {
    expect(await isPasswordOf(undefined, 'four quiet herons')).toBe(false);
  });

  it.each([
    ['short', /at least 12/],
    ['x'.repeat(201), /at most 200/],
    ['ana.ruiz2026', /e-mail/],
    ['abababababab', /repeats/],
  ])('is refused with a sentence: %s', (password, sentence) => {
    expect(passwordProblem(password, { email: 'ana.ruiz@example.com' })).toMatch(sentence);
  });

  it('may be anything else', () => {
    expect(passwordProblem('four quiet herons', { email: 'ana.ruiz@example.com' })).toBeUndefined();
  });
});
