import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readProfiles } from './profile.ts';

it('sums self time by function and file, from the first message on and without idling', () => {
  const dir = mkdtempSync(join(tmpdir(), 'deskwire-profile-'));
  const node = (id: number, functionName: string, url: string) => ({
    id,
    callFrame: { functionName, url, lineNumber: id === 3 ? 41 : 0 },
  });
  const nodes = [
    node(1, '(idle)', ''),
    node(2, 'readMessage', 'file:///a/node_modules/own/read.ts'),
    node(3, 'parse', 'file:///a/node_modules/nats/parser.js'),
    node(4, 'start', ''),
  ];
  const profile = { nodes, samples: [4, 2, 3, 1, 3], timeDeltas: [9_000, 1_000, 2_000, 50_000, 1_000] };
  writeFileSync(join(dir, 'one.cpuprofile'), JSON.stringify(profile));
  expect(readProfiles(dir, 10).functions).toEqual([
    { where: 'parse nats/parser.js:42', selfMs: 3, share: 0.75 },
    { where: 'readMessage own/read.ts', selfMs: 1, share: 0.25 },
  ]);
  rmSync(dir, { recursive: true });
});
