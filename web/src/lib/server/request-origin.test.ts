import { expect, it } from 'vitest';
import { bearerOf, judgeOrigin } from './request-origin';

const post = (headers: Record<string, string>) => new Request('http://desk.example/', { method: 'POST', headers });
const basic = { authorization: 'Basic ZGVzazpwcm94eQ==' };
const bearer = { authorization: 'Bearer dw_one' };
const judge = (headers: Record<string, string>, hasSession = false) =>
  judgeOrigin(post(headers), { origins: ['http://desk.example'], hasSession });

it('takes the scheme Bearer only for a token, however it is written', () => {
  for (const authorization of ['Bearer dw_one', 'bearer  dw_one', 'BEARER dw_one more'])
    expect(bearerOf(post({ authorization }))).toBe('dw_one');
  expect(bearerOf(post({ authorization: 'Bearer' }))).toBe('');
  for (const headers of [basic, { authorization: 'dw_one' }, { authorization: 'Bearers dw_one' }, {}])
    expect(bearerOf(post(headers))).toBeUndefined();
});

it('takes changes from our own addresses, and without one from programs with a bearer token only', () => {
  expect(judge({ origin: 'http://desk.example' }, true)).toBe('ours');
  expect(judge({ ...bearer })).toBe('ours');
  expect(judge({ origin: 'http://evil.example', ...bearer }, true)).toBe('foreign');
  for (const headers of [{}, basic]) {
    expect(judge(headers, true)).toBe('foreign');
    expect(judge(headers)).toBe('no-token');
  }
});
