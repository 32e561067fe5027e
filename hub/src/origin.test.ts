import { publicOrigins } from '@deskwire/contracts/public-origins';
import { describe, expect, it } from 'vitest';
import { judgeOrigin } from './origin.ts';

const allowed = publicOrigins(undefined, 3000);

describe('origin', () => {
  it('accepts this machine under both names by default', () => {
    expect(allowed.map((origin) => judgeOrigin(origin, allowed))).toEqual(['page', 'page']);
  });
  it('takes a client without Origin for a program', () => {
    expect(judgeOrigin(undefined, allowed)).toBe('program');
  });
  it.each([
    'null',
    '',
    'http://127.0.0.1:3000.evil.example',
    'https://127.0.0.1:3000',
    'http://localhost',
    'http://evil.example',
  ])('refuses %j', (origin) => {
    expect(judgeOrigin(origin, allowed)).toBe('refused');
  });
  it('knows every address of PUBLIC_URL, without its path', () => {
    const origins = publicOrigins('https://desk.example/app, http://10.0.0.5:8080', 3000);
    expect(origins).toEqual(['https://desk.example', 'http://10.0.0.5:8080']);
  });
});
