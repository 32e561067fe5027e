import { seededRandom } from './seeded-random.ts';
import { words } from './words.ts';

/** Customers of each source. */
export const customersOfSource = 1_500;

export interface DemoCustomer {
  id: string;
  name: string;
  /** At example.com, which belongs to nobody. */
  email: string;
  /** In the range kept for fiction. */
  phone: string;
  company: string;
  tier: 'standard' | 'silver' | 'gold';
  locale: string;
  lifetimeValue: number;
}

/** The same for the same arguments; `n` below `customersOfSource`. */
export function demoCustomer(run: string, source: string, n: number): DemoCustomer {
  const random = seededRandom(run, source, 'customer', n);
  const [given, family] = [random.pick(words.given), random.pick(words.family)];
  const tier = random.weighted([
    ['standard', 70],
    ['silver', 20],
    ['gold', 10],
  ] as const);
  return {
    id: `${run}-C${n}`,
    name: `${given} ${family}`,
    email: `${given}.${family}.${n}@example.com`.toLowerCase(),
    phone: `+1 ${random.pick(['202', '303', '415', '617'])} 555 01${String(random.below(100)).padStart(2, '0')}`,
    company: `${random.pick(words.company)} ${random.pick(words.trade)}`,
    tier,
    locale: random.pick(['en', 'en', 'de', 'fr', 'es']),
    lifetimeValue: Math.round(random.around({ standard: 200, silver: 1_500, gold: 9_000 }[tier], 0.6)),
  };
}
