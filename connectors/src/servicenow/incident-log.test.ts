import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readIncidentLog } from './incident-log.ts';

const dir = mkdtempSync(join(tmpdir(), 'deskwire-log-'));
afterAll(() => rmSync(dir, { recursive: true }));

const header =
  'number,incident_state,sys_mod_count,caller_id,opened_at,sys_updated_at,contact_type,priority,assignment_group,assigned_to,resolved_at';
const line = (number: string, version: number, updated: string, group = 'Group 1') =>
  `${number},New,${version},?,1/1/2016 10:00,${updated},Phone,4 - Low,${group},?,2/1/2016 10:00`;

function logFile(...lines: string[]): string {
  const file = join(dir, `${Math.random()}.csv`);
  writeFileSync(file, lines.join('\n'));
  return file;
}

describe('readIncidentLog', () => {
  it('orders by time, then number, then version, then place in the file', async () => {
    const updates = await readIncidentLog(
      logFile(
        header,
        line('INC2', 10, '9/1/2016 10:00'),
        line('INC2', 9, '9/1/2016 10:00'),
        line('INC1', 4, '10/1/2016 09:00'),
        line('INC1', 3, '9/1/2016 10:00', 'first'),
        line('INC1', 3, '9/1/2016 10:00', 'second'),
        line('INC3', 0, '?'),
      ),
    );
    expect(updates.map(({ number, modCount, team }) => `${number}/${modCount} ${team}`)).toEqual([
      'INC1/3 first',
      'INC1/3 second',
      'INC2/9 Group 1',
      'INC2/10 Group 1',
      'INC1/4 Group 1',
      'INC3/0 Group 1',
    ]);
  });

  it('takes columns in any order and a byte order mark', async () => {
    const columns = header.split(',').reverse();
    const cells = line('INC1', 1, '9/1/2016 10:00').split(',').reverse();
    const [update] = await readIncidentLog(logFile(`\uFEFF${columns.join(',')}`, cells.join(',')));
    expect(update).toMatchObject({ number: 'INC1', modCount: '1', updatedAt: '9/1/2016 10:00', team: 'Group 1' });
  });

  it.each([
    [
      'names the columns that are missing',
      ['number,opened_at,resolved_at', '1,2,3'],
      /columns sys_mod_count, .*assigned_to, .* missing/,
    ],
    ['refuses bytes that are no CSV', ['\u0000\u0001"x"y'], /not a readable CSV|no ServiceNow incident log/],
    [
      'names the line that is cut short',
      [header, line('INC1', 1, '9/1/2016 10:00'), 'INC1,New'],
      /FIELDS_LENGTH near line 3/,
    ],
    ['refuses a log without updates', [header], /holds no updates/],
    ['refuses an empty file', [''], /holds no updates/],
    ['refuses a damaged zip', ['PK\u0003\u0004 and then nothing'], /damaged zip/],
  ])('%s', async (_, lines, message) => {
    await expect(readIncidentLog(logFile(...lines))).rejects.toThrow(message);
  });

  it('names a file that is not there, and a folder', async () => {
    await expect(readIncidentLog(join(dir, 'absent.zip'))).rejects.toThrow(/there is no file .*absent\.zip/);
    await expect(readIncidentLog(dir)).rejects.toThrow(/is a folder/);
  });
});
