import { describe, expect, it } from 'vitest';

import { createRunningStatements } from './running-statements.ts';

function fakes() {
  const kills: string[] = [];
  const ticks: Array<() => void> = [];
  const running = createRunningStatements({
    killInEngine: (queryId) => {
      kills.push(queryId);
      return kills.length === 1 ? Promise.reject(new Error('not in its list yet')) : Promise.resolve();
    },
    wait: () => new Promise((resolve) => ticks.push(resolve)),
  });
  const tick = async () => {
    // Lets the loop reach its wait, ends that, and lets it go round.
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    ticks.shift()?.();
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return { running, kills, tick };
}

describe('running statements', () => {
  it('refuses an id while it runs', () => {
    const { running } = fakes();
    const first = running.begin('a');
    expect(() => running.begin('a')).toThrow(expect.objectContaining({ code: 216 }));
    first.ended();
    expect(running.begin('a').queryId).toBe('a');
  });

  it('kills again until the engine has let go', async () => {
    const { running, kills, tick } = fakes();
    const statement = running.begin('a');
    statement.started();
    const killed = running.kill('a');
    expect(statement.signal.reason).toMatchObject({ code: 394 });
    await tick();
    await tick();
    expect(kills).toEqual(['a', 'a', 'a']);
    statement.ended();
    await killed;
    await tick();
    expect(kills).toHaveLength(3);
  });

  it('does not ask the engine for a statement that only waits', async () => {
    const { running, kills, tick } = fakes();
    const statement = running.begin('a');
    void running.kill('a');
    await tick();
    expect(kills).toEqual([]);
    statement.ended();
    await running.idle();
    expect(running.count()).toBe(0);
  });
});
