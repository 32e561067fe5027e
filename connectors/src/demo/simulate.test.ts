import { demoSources, type DemoSource } from '@deskwire/contracts/demo';
import { readMessage } from '@deskwire/contracts/read-event';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePlaces, type DemoMessage } from './demo-message.ts';
import { hourMs } from './rhythm.ts';
import { createSimulation } from './simulate.ts';

const day = 24 * hourMs;
const monday = Date.UTC(2026, 10, 16);
const source = fc.constantFrom(...demoSources);
const run = fc.stringMatching(/^[0-9A-F]{4}$/);
const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Asia/Kolkata');
const start = fc.integer({ min: 0, max: 400 * 24 * 60 }).map((minute) => Date.UTC(2026, 0, 1) + minute * 60_000);

const simulate = (name: string, where = 'UTC', ticketsOfWeekday = 60) =>
  createSimulation({ run: name, zone: where, ticketsOfWeekday });
const place = (sendAtMs: number) => ({ sendAtMs, key: '' });

describe('simulation', { timeout: 60_000 }, () => {
  it('says only what the contract accepts, except where it is meant bad', () => {
    fc.assert(
      fc.property(run, zone, source, start, (name, where, from, at) => {
        for (const { event, meant, sendAtMs } of simulate(name, where).between(
          from,
          place(at),
          at + day,
          at + 23 * hourMs,
        )) {
          const [reading] = readMessage(from, Buffer.from(JSON.stringify(event)), sendAtMs);
          expect([meant, reading?.kept]).toEqual([meant, meant !== 'bad']);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('is the same for whoever asks, however the time is cut', () => {
    fc.assert(
      fc.property(run, zone, source, start, fc.array(fc.integer({ min: 1, max: 3 * 60 }), { maxLength: 6 }), cut),
      { numRuns: 10 },
    );
    function cut(name: string, where: string, from: DemoSource, at: number, minutes: number[]) {
      const untilMs = at + 4 * hourMs;
      const whole = simulate(name, where).between(from, place(at), untilMs, at);
      const other = simulate(name, where);
      const parts: DemoMessage[] = [];
      for (const next of [...minutes.map((minute) => at + minute * 60_000).sort((a, b) => a - b), untilMs])
        parts.push(...other.between(from, parts.at(-1) ?? place(at), next, at));
      expect(parts).toEqual(whole);
      // Begun again behind any message, nothing is missing and nothing comes twice.
      const middle = whole[Math.floor(whole.length / 2)];
      if (middle !== undefined)
        expect(simulate(name, where).between(from, middle, untilMs, at)).toEqual(
          whole.slice(whole.indexOf(middle) + 1),
        );
    }
  });

  it('sends in order of time, each key once, and repeats an id only where a duplicate is meant', () => {
    fc.assert(
      fc.property(run, source, start, (name, from, at) => {
        const messages = simulate(name, 'UTC', 200).between(from, place(at), at + day, at + day);
        messages.forEach((message, i) => {
          const before = messages[i - 1];
          if (before !== undefined) expect(comparePlaces(before, message)).toBeLessThan(0);
        });
        const ids = messages.filter(({ meant }) => meant !== 'duplicate').map(({ event }) => event['id']);
        expect(new Set(ids).size).toBe(ids.length);
        // Nothing is sent before it happened, nor more than the longest delay after it.
        for (const { sendAtMs, meant, event } of messages) {
          const afterMs = sendAtMs - Date.parse(String(event['time']));
          if (meant !== 'bad') expect(afterMs).toBeGreaterThanOrEqual(0);
          if (meant === 'good') expect(afterMs).toBeLessThan(125_000);
        }
      }),
      { numRuns: 5 },
    );
  });

  it('tells of each ticket a history without contradiction', () => {
    fc.assert(
      fc.property(run, zone, source, start, (name, where, from, at) => {
        const versions = new Map<string, { version: number; updatedAt: string; status: string }>();
        const sent = simulate(name, where, 50).between(from, place(at), at + 9 * day, at + 9 * day);
        // As it happened: what is sent late happened before.
        const happened = sent.toSorted((a, b) => (String(a.event['time']) < String(b.event['time']) ? -1 : 1));
        for (const { event, meant } of happened) {
          if (meant === 'duplicate' || meant === 'bad' || event.type !== 'ticket.snapshot') continue;
          const { data } = event;
          const before = versions.get(data.ticket_id);
          const now = { version: data.source_version ?? 0, updatedAt: data.updated_at, status: data.status };
          expect(now.updatedAt > data.created_at).toBe(true);
          if (before === undefined) {
            versions.set(data.ticket_id, now);
            continue;
          }
          expect(now.version).toBeGreaterThan(before.version);
          expect(now.updatedAt > before.updatedAt).toBe(true);
          expect(before.status).not.toBe('closed');
          if (now.status === 'solved') expect(data.assignee).toBeDefined();
          if (now.status === 'closed') expect(before.status).toBe('solved');
          versions.set(data.ticket_id, now);
        }
      }),
      { numRuns: 5 },
    );
  });

  it('follows the day of the zone: five times as much at eleven as at three in the morning, less on Saturday', () => {
    const simulation = simulate('7F3A', 'America/Los_Angeles', 600);
    const created = (fromMs: number, hours: number) =>
      demoSources.flatMap((name) =>
        simulation
          .between(name, place(fromMs), fromMs + hours * hourMs, fromMs + day)
          .filter(({ key }) => key.endsWith('-01')),
      ).length;
    const midnight = monday + 8 * hourMs;
    expect(created(midnight + 10 * hourMs, 3)).toBeGreaterThan(5 * created(midnight + 2 * hourMs, 3));
    expect(created(midnight, 24)).toBeGreaterThan(400);
    expect(created(midnight, 24)).toBeGreaterThan(1.8 * created(midnight + 5 * day, 24));
  });

  it('is silent for two minutes now and then, and tells afterwards what happened meanwhile', () => {
    const simulation = simulate('7F3A');
    const minutes = Array.from({ length: 3 * 24 * 60 }, (_, n) => monday + n * 60_000);
    for (const name of demoSources) {
      const silent = minutes.filter((ms) => simulation.isSilent(name, ms));
      expect(silent.length).toBeGreaterThan(10);
      expect(silent.length).toBeLessThan(100);
      const sent = simulation.between(name, place(monday), monday + 3 * day, monday + 2 * day);
      expect(sent.some(({ sendAtMs }) => simulation.isSilent(name, sendAtMs))).toBe(false);
      const held = sent.filter(({ event }) => simulation.isSilent(name, Date.parse(String(event['time']))));
      expect(held.length).toBeGreaterThan(5);
    }
  });

  it('has late, repeated and bad messages, but few', () => {
    const sent = simulate('7F3A', 'UTC', 300).between(
      'demo-zendesk',
      place(monday),
      monday + 7 * day,
      monday + 6 * day,
    );
    const share = (meant: DemoMessage['meant']) => sent.filter((one) => one.meant === meant).length / sent.length;
    for (const meant of ['late', 'duplicate', 'bad'] as const) {
      expect(share(meant)).toBeGreaterThan(0);
      expect(share(meant)).toBeLessThan(0.02);
    }
  });
});
