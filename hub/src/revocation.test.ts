import { describe, expect, it } from 'vitest';
import type { Ground } from './hub-socket.ts';
import { createRevocation, type Cuttable } from './revocation.ts';

const token = (revision: number): Ground => ({ bucket: 'users', key: 'token.a', revision });
const session = (revision: number): Ground => ({ bucket: 'sessions', key: 'session.b', revision });

function socket(grounds: Ground[], expiresAt?: number) {
  const cuts: string[] = [];
  const actor = { user_id: 'a', role: 'analyst', teams: [] } as const;
  const who = { actor: { ...actor, teams: [] }, grounds, expiresAt };
  const held: Cuttable = { id: 's', data: { who }, cut: () => cuts.push('cut') };
  return { held, cuts };
}

describe('revocation', () => {
  it('cuts the sockets of a record that changed after they signed in', () => {
    const revocation = createRevocation();
    const { held, cuts } = socket([token(4), session(9)]);
    expect(revocation.admit(held)).toBe(true);
    revocation.seen('sessions', { key: 'session.other', revision: 10 });
    expect(cuts).toEqual([]);
    revocation.seen('sessions', { key: 'session.b', revision: 11 });
    expect(cuts).toEqual(['cut']);
  });

  it('leaves sockets alone when the watch replays what they signed in with', () => {
    const revocation = createRevocation();
    const { held, cuts } = socket([token(4)]);
    revocation.admit(held);
    revocation.seen('users', { key: 'token.a', revision: 4 });
    expect(cuts).toEqual([]);
  });

  it('does not admit a socket whose token was revoked while it was signing in', () => {
    const revocation = createRevocation();
    revocation.seen('users', { key: 'token.a', revision: 5 });
    expect(revocation.admit(socket([token(4)]).held)).toBe(false);
  });

  it('remembers a change for as long as a sign-in may take, and not for ever', () => {
    const revocation = createRevocation();
    revocation.expire(0);
    revocation.seen('users', { key: 'token.a', revision: 5 });
    revocation.expire(60_001);
    expect(revocation.admit(socket([token(4)]).held)).toBe(false);
    revocation.expire(120_002);
    expect(revocation.admit(socket([token(4)]).held)).toBe(true);
  });

  it('keeps the sockets of a session that was renewed, until its new end', () => {
    const revocation = createRevocation();
    const { held, cuts } = socket([session(1)], 1_000);
    revocation.admit(held);
    revocation.renewed('session.b', 2_000);
    revocation.expire(1_999);
    expect(cuts).toEqual([]);
    revocation.expire(2_000);
    expect(cuts).toEqual(['cut']);
  });

  it('cuts a session at its end by the clock, and forgets who left', () => {
    const revocation = createRevocation();
    const ended = socket([session(1)], 1_000);
    const left = socket([session(1)], 1_000);
    revocation.admit(ended.held);
    revocation.admit(left.held);
    revocation.left(left.held);
    revocation.expire(999);
    expect(ended.cuts).toEqual([]);
    revocation.expire(1_000);
    expect([ended.cuts.length > 0, left.cuts.length]).toEqual([true, 0]);
  });
});
