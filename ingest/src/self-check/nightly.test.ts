import { createLog } from '@deskwire/runtime/log';
import { afterEach, expect, it, vi } from 'vitest';
import type { SelfCheckReport } from './finding.ts';
import { lastNight, runNightly } from './nightly.ts';

afterEach(() => void vi.useRealTimers());

const night = (text: string, zone: string) => lastNight(Date.parse(text), zone);

it('begins a new night at 03:10 of the zone', () => {
  expect(night('2026-11-22T02:10:00Z', 'Europe/Berlin') - night('2026-11-22T02:09:59Z', 'Europe/Berlin')).toBe(1);
  expect(night('2026-11-22T03:10:00Z', 'UTC') - night('2026-11-22T03:09:59Z', 'UTC')).toBe(1);
  expect(night('2026-11-22T23:59:59Z', 'UTC')).toBe(night('2026-11-22T03:10:00Z', 'UTC'));
  expect(night('2026-11-23T03:09:59Z', 'UTC')).toBe(night('2026-11-22T03:10:00Z', 'UTC'));
});

it('has every night once when the clocks change', () => {
  for (const day of ['2026-03-29', '2026-10-25']) {
    const nights = Array.from({ length: 48 * 60 }, (_, minute) =>
      lastNight(Date.parse(`${day}T00:00:00Z`) + (minute - 12 * 60) * 60_000, 'Europe/Berlin'),
    );
    expect(new Set(nights.map((n, i) => n - (nights[i - 1] ?? n)))).toEqual(new Set([0, 1]));
    expect((nights.at(-1) ?? 0) - (nights[0] ?? 0)).toBe(2);
  }
});

const agreed: SelfCheckReport = {
  ...{
    at: '2026-11-23T03:10:00Z',
    seconds: 1,
    checked: { projections: 9, messages: 1 },
    notCompared: [],
    findings: [],
  },
};

/** Runs from noon on; each night answers with the next of these. */
function nights(...answers: (SelfCheckReport | Error)[]) {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T12:00:00Z') });
  const seen = { checks: new Array<string>(), alerts: new Array<string>(), checkedAt: 0, isMine: true };
  const stop = new AbortController();
  const running = runNightly(
    {
      ...{ zone: 'UTC', isMine: () => seen.isMine, log: createLog('ingest', 'silent'), clock: Date.now },
      check: () => {
        seen.checks.push(new Date().toISOString().slice(0, 16));
        const answer = answers[seen.checks.length - 1] ?? agreed;
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
      alert: ({ subject, body }) => seen.alerts.push(`${subject}: ${body.title}. ${body.detail}`),
      onChecked: (at) => (seen.checkedAt = at),
    },
    stop.signal,
  );
  return {
    seen,
    hours: (count: number) => vi.advanceTimersByTimeAsync(count * 3_600_000),
    end: () => {
      stop.abort();
      return running;
    },
  };
}

it('checks once a night where it is its turn, and again the night after a failure', async () => {
  const { seen, hours, end } = nights(new Error('ClickHouse is away'));
  await hours(15);
  expect(seen.checks).toEqual([]);
  await hours(34);
  expect(seen.checks).toEqual(['2026-11-23T03:10', '2026-11-24T03:10']);
  seen.isMine = false;
  await hours(24);
  seen.isMine = true;
  await hours(24);
  expect(seen.checks.slice(2)).toEqual(['2026-11-26T03:10']);
  await end();
});

it('tells an administrator of a night without a check, of what was left out and of what differs, and notes when all went well', async () => {
  const differs = { ...agreed, findings: [{ kind: 'ledger' as const, total: 1, examples: ['one row too many'] }] };
  const { seen, hours, end } = nights(
    new Error('Timeout error'),
    { ...agreed, notCompared: ['events.tip'] },
    differs,
    agreed,
  );
  await hours(24);
  expect([seen.alerts, seen.checkedAt]).toEqual([
    [expect.stringMatching(/^alerts\.warning\.self-check: .*could not be made.*Timeout error.*npm run self-check/)],
    0,
  ]);
  await hours(24);
  expect(seen.alerts.slice(1)).toEqual([expect.stringMatching(/^alerts\.warning\.self-check: .*events\.tip/)]);
  await hours(24);
  expect(seen.alerts.slice(2)).toEqual([expect.stringMatching(/^alerts\.critical\.self-check: [^]*one row too many/)]);
  await hours(24);
  expect([seen.alerts.length, new Date(seen.checkedAt * 1_000).toISOString().slice(0, 16)]).toEqual([
    ...[3, '2026-11-26T03:10'],
  ]);
  await end();
});
