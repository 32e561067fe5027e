import { partHealth, parts, type PartHealth, type Readiness } from '@deskwire/contracts/health';
import { subjects } from '@deskwire/contracts/subjects';
import type { NatsLink } from './nats-link';

type Part = (typeof parts)[number];
type Verdict = Pick<PartHealth, 'ready' | 'detail'> & { since?: string };

const answerMs = 1_000;

/** Asks every part how it is, at most once a second however many ask; never rejects. */
export function createReadiness({
  link,
  pingClickHouse,
  now,
  clock,
}: {
  link: Pick<NatsLink, 'connection'>;
  pingClickHouse: () => Promise<boolean>;
  /** Unix time, ms. */
  now: () => number;
  /** Monotonic, ms. */
  clock: () => number;
}): () => Promise<Readiness> {
  const turned = new Map<Part, { ready: boolean; since: string }>();
  let asked: { at: number; answer: Promise<Readiness> } | undefined;

  async function judge(part: Part): Promise<Verdict> {
    switch (part) {
      case 'nats':
        return (await within(() => link.connection().flush()))
          ? { ready: true, detail: 'answers' }
          : { ready: false, detail: 'does not answer: nobody can sign in, and events wait at their sources' };
      case 'clickhouse':
        return (await within(pingClickHouse))
          ? { ready: true, detail: 'answers' }
          : { ready: false, detail: 'does not answer: figures are unknown; events are kept in NATS until it is back' };
      case 'ingest':
      case 'workflows':
      case 'hub':
        return askOverNats(part);
      case 'web':
        return { ready: true, detail: 'answers' };
      default:
        return part satisfies never;
    }
  }

  async function askOverNats(part: 'ingest' | 'workflows' | 'hub'): Promise<Verdict> {
    try {
      const reply = await link.connection().request(subjects.health(part), undefined, { timeout: answerMs });
      const { ready, detail, since } = partHealth.parse(reply.json());
      return { ready, detail, since };
    } catch {
      return { ready: false, detail: 'does not answer over NATS' }; // Not there, not yet connected, or NATS is away: all the same here.
    }
  }

  async function ask(): Promise<Readiness> {
    const at = new Date(now()).toISOString();
    const answers = await Promise.all(
      parts.map(async (part) => {
        const { ready, detail, since } = await judge(part);
        const before = turned.get(part);
        const mine = before?.ready === ready ? before : { ready, since: at };
        turned.set(part, mine);
        return { part, ready, detail, since: since ?? mine.since };
      }),
    );
    return { ready: answers.every((answer) => answer.ready), at, parts: answers };
  }

  return () => {
    if (asked === undefined || clock() - asked.at >= answerMs) asked = { at: clock(), answer: ask() };
    return asked.answer;
  };
}

async function within(call: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), answerMs)));
  try {
    return (await Promise.race([call(), late])) !== false;
  } catch {
    return false; // That is the answer.
  } finally {
    clearTimeout(timer);
  }
}
