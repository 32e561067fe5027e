import { partHealth, parts, type PartHealth, type Readiness } from '@deskwire/contracts/health';
import { subjects } from '@deskwire/contracts/subjects';
import { RequestStrategy } from 'nats';
import type { NatsLink } from './nats-link';

type Part = (typeof parts)[number];
type Verdict = Pick<PartHealth, 'ready' | 'detail'> & { since?: string };

const answerMs = 1_000;
/** After the first answer of a part: it may be several processes. */
const othersMs = 300;

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
    const answers: PartHealth[] = [];
    try {
      const replies = await link.connection().requestMany(subjects.health(part), undefined, {
        ...{ strategy: RequestStrategy.JitterTimer, maxWait: answerMs, jitter: othersMs },
      });
      for await (const reply of replies) answers.push(partHealth.parse(reply.json()));
    } catch {
      // Not there, not yet connected, or NATS is away: all the same here.
    }
    return answers.length === 0 ? { ready: false, detail: 'does not answer over NATS' } : verdictOf(answers);
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

/** Of one part's processes those that are not ready speak, in an order that stays. */
function verdictOf(answers: PartHealth[]): Verdict {
  const wrong = answers.filter(({ ready }) => !ready);
  const said = wrong.length > 0 ? wrong : answers;
  const details = [...new Set(said.map(({ detail }) => detail))].sort();
  const since = said
    .map((each) => each.since)
    .sort()
    .at(-1);
  return { ready: wrong.length === 0, detail: details.join(' | '), ...(since === undefined ? {} : { since }) };
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
