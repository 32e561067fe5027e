import { expect, it } from 'vitest';
import { shareRunning } from './share-running';

it('asks once for all who want the same while it runs, and anew afterwards, also after a failure', async () => {
  const waiting: { resolve: (text: string) => void; reject: (error: Error) => void }[] = [];
  const share = shareRunning(() => new Promise<string>((resolve, reject) => waiting.push({ resolve, reject })));
  const [one, same, other] = [share('a', 1), share('a', 2), share('b', 3)];
  expect(waiting).toHaveLength(2);
  waiting[0]?.reject(new Error('away'));
  waiting[1]?.resolve('b');
  await expect(one).rejects.toThrow('away');
  await expect(same).rejects.toThrow('away');
  expect(await other).toBe('b');
  const again = share('a', 4);
  expect(waiting).toHaveLength(3);
  waiting[2]?.resolve('a');
  expect(await again).toBe('a');
});
