import { EngineException } from './engine-exception.ts';

/** A statement from the moment its request is whole until the engine has let go of it. */
export interface RunningStatement {
  queryId: string;
  /** Aborted when somebody kills it, with an EngineException as reason. */
  signal: AbortSignal;
  /** The engine has begun: from now on a kill has to reach it there. */
  started(): void;
  ended(): void;
}

export interface RunningStatements {
  /** Throws EngineException 216 while another statement has the same id. */
  begin(queryId: string): RunningStatement;
  /** Kills a statement, waiting or running; resolves when it has ended. Unknown ids are already over. */
  kill: (queryId: string) => Promise<void>;
  killAll(): Promise<void>;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
  count(): number;
}

/** Time between two kills of the same statement: the engine forgets one that came before the statement was in its list. */
const killAgainMs = 50;

/** Keeps who runs. `killInEngine` sends one KILL QUERY for a caller's query id and may fail. */
export function createRunningStatements(options: {
  killInEngine: (queryId: string) => Promise<void>;
  wait: (ms: number) => Promise<void>;
}): RunningStatements {
  interface Entry {
    abort: AbortController;
    inEngine: boolean;
    over: Promise<void>;
    killing: boolean;
  }
  const entries = new Map<string, Entry>();

  const kill = async (queryId: string) => {
    const entry = entries.get(queryId);
    if (entry === undefined) return;
    if (!entry.killing) {
      entry.killing = true;
      entry.abort.abort(new EngineException(394, 'QUERY_WAS_CANCELLED', 'Query was cancelled'));
      void killUntilOver(queryId, entry);
    }
    await entry.over;
  };

  const killUntilOver = async (queryId: string, entry: Entry) => {
    while (entries.get(queryId) === entry) {
      if (entry.inEngine) {
        await options.killInEngine(queryId).catch(() => {
          // The statement may have ended in between; if it has not, the next round tries again.
        });
      }
      await options.wait(killAgainMs);
    }
  };

  return {
    begin: (queryId) => {
      if (entries.has(queryId)) {
        const message = `Query with id = ${queryId} is already running.`;
        throw new EngineException(216, 'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING', message);
      }
      const abort = new AbortController();
      let end = () => {};
      const over = new Promise<void>((resolve) => (end = resolve));
      const entry: Entry = { abort, inEngine: false, over, killing: false };
      entries.set(queryId, entry);
      return {
        queryId,
        signal: abort.signal,
        started: () => (entry.inEngine = true),
        ended: () => {
          entries.delete(queryId);
          end();
        },
      };
    },
    kill,
    killAll: async () => {
      await Promise.all([...entries.keys()].map(kill));
    },
    idle: async () => {
      await Promise.all([...entries.values()].map((entry) => entry.over));
    },
    count: () => entries.size,
  };
}
