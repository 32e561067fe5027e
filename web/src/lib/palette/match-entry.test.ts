import { describe, expect, it } from 'vitest';
import { matchEntry } from './match-entry';

const billing = { word: 'Billing Europe', group: 'Scope', keywords: ['team'] } as const;
const match = (typed: string) => matchEntry({ ...billing, keywords: [...billing.keywords] }, typed);

describe('an entry', () => {
  it('is found by the beginning of any of its words, its group and its other names, in any order', () => {
    for (const typed of ['bil', 'EUROPE', 'eur bill', 'scope billing', 'team eu', 'billing, europe']) {
      expect(match(typed), typed).toBeGreaterThan(0);
    }
  });
  it('is not found by what only stands within a word, nor by half of what was typed', () => {
    for (const typed of ['illing', 'billing asia', 'x']) expect(match(typed), typed).toBe(0);
  });
  it('comes first where what was typed begins it, and last where only another name fits', () => {
    expect(match('bill')).toBeGreaterThan(match('eur'));
    expect(match('eur')).toBeGreaterThan(match('team'));
  });
  it('is one of all while nothing is typed', () => {
    expect(match('')).toBe(1);
    expect(match('  ')).toBe(1);
  });
  it('is found without its accents, and with them', () => {
    const equipe = { word: 'Équipe 2', group: 'Scope' } as const;
    expect(matchEntry(equipe, 'equipe')).toBe(1);
    expect(matchEntry(equipe, 'équ')).toBe(1);
  });
});
