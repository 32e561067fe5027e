import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { businessHours, createBusinessCalendar, defaultBusinessHours, type BusinessHours } from './business-time.ts';

const always = (zone: string): BusinessHours => ({
  zone,
  weekly: [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '00:00', to: '24:00' })),
  holidays: [],
});
const daily = (zone: string, from: string, to: string): BusinessHours => ({
  zone,
  weekly: [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from, to })),
  holidays: [],
});

/** Business hours between two local times, "2026-03-27 16:00". */
function hoursBetween(hours: BusinessHours, from: string, to: string): number {
  const ms = (local: string) =>
    Temporal.PlainDateTime.from(local.replace(' ', 'T')).toZonedDateTime(hours.zone).epochMilliseconds;
  return createBusinessCalendar(hours).businessSeconds(ms(from), ms(to)) / 3_600;
}

describe('business time', () => {
  const utc = defaultBusinessHours('UTC');
  const split = { ...utc, weekly: [...utc.weekly, { day: 6, from: '10:00', to: '12:00' }] };
  const overlapping = {
    zone: 'UTC',
    weekly: [
      { day: 1, from: '12:00', to: '17:00' },
      { day: 1, from: '09:00', to: '13:00' },
      { day: 1, from: '10:00', to: '11:00' },
      { day: 1, from: '18:00', to: '24:00' },
    ],
    holidays: [],
  };
  it.each<[string, BusinessHours, string, string, number]>([
    ['one working day', utc, '2026-11-23 00:00', '2026-11-24 00:00', 8],
    ['from the exact start to the exact end of a frame', utc, '2026-11-23 09:00', '2026-11-23 17:00', 8],
    ['nothing from the end of a frame to the next start', utc, '2026-11-23 17:00', '2026-11-24 09:00', 0],
    ['a part within a frame', utc, '2026-11-23 10:15', '2026-11-23 10:45', 0.5],
    ['a weekend', utc, '2026-11-20 16:00', '2026-11-23 10:00', 2],
    ['nothing backwards', utc, '2026-11-23 16:00', '2026-11-23 10:00', 0],
    ['several frames of different days', split, '2026-11-20 16:00', '2026-11-22 00:00', 3],
    ['overlapping frames once', overlapping, '2026-11-23 00:00', '2026-11-25 00:00', 14],
    ['a frame up to midnight', overlapping, '2026-11-23 23:00', '2026-11-24 12:00', 1],
    ['a holiday', { ...utc, holidays: ['2026-12-25'] }, '2026-12-24 00:00', '2026-12-29 00:00', 16],
    ['a desk that never opens', { ...utc, weekly: [] }, '2020-01-01 00:00', '2026-01-01 00:00', 0],
    ['over the new year', utc, '2025-12-31 16:00', '2026-01-01 10:00', 2],
    ['ten years', utc, '2016-01-01 00:00', '2026-01-01 00:00', 2609 * 8],
    ['spring in Berlin', always('Europe/Berlin'), '2026-03-29 00:00', '2026-03-30 00:00', 23],
    ['autumn in Berlin', always('Europe/Berlin'), '2026-10-25 00:00', '2026-10-26 00:00', 25],
    ['spring in New York', always('America/New_York'), '2026-03-08 00:00', '2026-03-09 00:00', 23],
    ['autumn in New York', always('America/New_York'), '2026-11-01 00:00', '2026-11-02 00:00', 25],
    ['half an hour of Lord Howe, spring', always('Australia/Lord_Howe'), '2026-10-04 00:00', '2026-10-05 00:00', 23.5],
    ['half an hour of Lord Howe, autumn', always('Australia/Lord_Howe'), '2026-04-05 00:00', '2026-04-06 00:00', 24.5],
    [
      'a frame that ends in the skipped hour',
      daily('Europe/Berlin', '01:00', '02:30'),
      '2026-03-29 00:00',
      '2026-03-30 00:00',
      1,
    ],
    [
      'a frame within the skipped hour',
      daily('Europe/Berlin', '02:15', '02:45'),
      '2026-03-29 00:00',
      '2026-03-30 00:00',
      0,
    ],
    [
      'a frame that begins in the skipped hour',
      daily('Europe/Berlin', '02:30', '04:00'),
      '2026-03-29 00:00',
      '2026-03-30 00:00',
      1,
    ],
    [
      'a frame around the repeated hour',
      daily('Europe/Berlin', '01:00', '04:00'),
      '2026-10-25 00:00',
      '2026-10-26 00:00',
      4,
    ],
    [
      'a frame within the repeated hour, twice',
      daily('Europe/Berlin', '02:15', '02:45'),
      '2026-10-25 00:00',
      '2026-10-26 00:00',
      1,
    ],
    ['an offset of :30', daily('Asia/Kolkata', '09:00', '17:00'), '2026-11-23 16:30', '2026-11-24 09:30', 1],
    ['an offset of :45', daily('Asia/Kathmandu', '09:00', '17:00'), '2026-11-23 16:30', '2026-11-24 09:30', 1],
    ['the day that Samoa skipped', always('Pacific/Apia'), '2011-12-29 00:00', '2012-01-01 00:00', 48],
  ])('counts %s', (_, hours, from, to, expected) => {
    expect(hoursBetween(hours, from, to)).toBe(expected);
  });

  it('says how to write a frame over midnight, and refuses what is no zone, time or date', () => {
    const refused = businessHours.safeParse({ ...utc, weekly: [{ day: 5, from: '22:00', to: '06:00' }] });
    expect(refused.error?.issues[0]?.message).toContain('write one over midnight as two');
    const wrong = [
      { zone: 'Mars/Olympus' },
      { zone: '+01:00' },
      { zone: '' },
      { weekly: [{ day: 0, from: '09:00', to: '17:00' }] },
      { weekly: [{ day: 1, from: '24:00', to: '24:00' }] },
      { weekly: [{ day: 1, from: '09:00', to: '24:01' }] },
      { weekly: [{ day: 1, from: '09:00', to: '09:00' }] },
      { holidays: ['2026-02-30'] },
    ];
    for (const part of wrong)
      expect(businessHours.safeParse({ ...utc, ...part }).success, JSON.stringify(part)).toBe(false);
    expect(businessHours.parse(always('America/Argentina/Buenos_Aires'))).toEqual(
      always('America/Argentina/Buenos_Aires'),
    );
  });
});

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Chatham'];
const clock = fc.integer({ min: 0, max: 1_440 });
const text = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const hoursOfAnyDesk = fc.record({
  zone: fc.constantFrom(...zones),
  weekly: fc.array(
    fc
      .tuple(fc.integer({ min: 1, max: 7 }), clock, clock)
      .filter(([, a, b]) => a !== b)
      .map(([day, a, b]) => ({ day, from: text(Math.min(a, b)), to: text(Math.max(a, b)) })),
    { maxLength: 12 },
  ),
  holidays: fc.subarray(['2026-03-29', '2026-10-25', '2026-03-08', '2026-11-01', '2026-04-05']),
});
const minuteOf2026 = fc.integer({ min: 0, max: 365 * 1_440 }).map((minute) => Date.UTC(2026, 0, 1) + minute * 60_000);
/** Around the changes of daylight saving, where the clock is hard. */
const hardMinute = fc
  .tuple(
    fc.constantFrom('2026-03-29', '2026-10-25', '2026-03-08', '2026-11-01', '2026-04-05', '2026-10-04', '2026-01-01'),
    fc.integer({ min: -1_500, max: 1_500 }),
  )
  .map(([date, minutes]) => Date.parse(`${date}T00:00Z`) + minutes * 60_000);
const instant = fc.oneof(hardMinute, minuteOf2026);

/** Looks at the wall clock in every single minute. */
function minuteByMinute(hours: BusinessHours, fromMs: number, toMs: number): number {
  let minutes = 0;
  for (let ms = fromMs; ms < toMs; ms += 60_000) {
    const local = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(hours.zone);
    if (hours.holidays.includes(local.toPlainDate().toString())) continue;
    const time = local.toPlainTime().toString({ smallestUnit: 'minute' });
    if (hours.weekly.some(({ day, from, to }) => day === local.dayOfWeek && from <= time && time < to)) minutes++;
  }
  return minutes * 60;
}

it('equals a look at the wall clock in every minute', () => {
  fc.assert(
    fc.property(hoursOfAnyDesk, hardMinute, fc.integer({ min: 0, max: 1_600 }), (hours, fromMs, minutes) => {
      const toMs = fromMs + minutes * 60_000;
      expect(createBusinessCalendar(hours).businessSeconds(fromMs, toMs)).toBe(minuteByMinute(hours, fromMs, toMs));
    }),
    { numRuns: 40 },
  );
}, 30_000);

it('adds up: from a to b and from b to c is from a to c', () => {
  fc.assert(
    fc.property(hoursOfAnyDesk, fc.array(instant, { minLength: 3, maxLength: 3 }), fc.nat(999), (hours, times, ms) => {
      const [a = 0, b = 0, c = 0] = times.map((time) => time + ms).sort((x, y) => x - y);
      const calendar = createBusinessCalendar(hours);
      const parts = calendar.businessSeconds(a, b) + calendar.businessSeconds(b, c);
      expect(parts).toBeCloseTo(calendar.businessSeconds(a, c), 6);
    }),
  );
});
