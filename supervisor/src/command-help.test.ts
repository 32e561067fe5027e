import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')));
/** What `npm run` does before a command is none of its own; `format` is prettier's. */
const commands = Object.entries(scripts).filter(([name]) => !name.startsWith('pre') && name !== 'format');

const run = (script: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [...script.split(' ').slice(1), ...args], { cwd: root });

describe.concurrent('every command', () => {
  it.each(commands)('%s says what it does when it is asked, and does nothing else', async (name, script) => {
    const { stdout, stderr } = await run(script, '--help');
    const called = ['start', 'test'].includes(name) ? `npm ${name}` : `npm run ${name}`;
    expect(stdout).toContain(called);
    expect(stdout).toMatch(/^.{20,}$/m);
    expect(stderr).toBe('');
  });
  it.each(['start', 'test', 'check'])(
    '%s refuses an option that means nothing, before it installs anything',
    async (name) => {
      await expect(run(scripts[name] ?? '', '--no-such-option')).rejects.toMatchObject({
        code: 2,
        stderr: 'there is no "--no-such-option" here; see --help\n',
      });
    },
  );
});
