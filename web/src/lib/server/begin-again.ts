import type { People, PeopleRefusal } from '@deskwire/people/people';
import type { Sessions } from './sessions';

export interface BeginAgain {
  /** Of the session that asks. */
  me: { id: string; generation: number; createdAt: string };
  /** Of another password, when the one before was just proven; undefined keeps it. */
  password_hash: string | undefined;
  device: string;
}

/**
 * Ends every session of a person with one write, and begins another in their place. Only in the generation of the session that asks: one
 * that was ended a moment ago begins nothing. Without the password the new one is over when the old one would have been. Rejects as
 * NATS does.
 */
export async function beginAgain(
  { people, sessions }: { people: Pick<People, 'change'>; sessions: Pick<Sessions, 'endAllOf' | 'startForPerson'> },
  { me, password_hash, device }: BeginAgain,
): Promise<{ ok: true; sessionId: string } | { ok: false; reason: PeopleRefusal }> {
  const answer = await people.change(me.id, (one) =>
    one.generation === me.generation
      ? { ...one, generation: one.generation + 1, password_hash: password_hash ?? one.password_hash }
      : undefined,
  );
  if (!answer.ok) return answer;
  await sessions.endAllOf(me.id);
  const since = password_hash === undefined ? me.createdAt : undefined;
  return { ok: true, sessionId: await sessions.startForPerson(answer.person, device, since) };
}
