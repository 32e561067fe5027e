import { seededRandom } from './seeded-random.ts';
import { words } from './words.ts';

export interface DemoTeam {
  name: string;
  /** How many of a hundred tickets are its own. */
  share: number;
  agents: readonly string[];
  subjects: readonly string[];
  /** What many write about at once when something breaks. */
  outage: string;
}

const allAgents = nameAgents();

/** Forty agents in five teams. */
export const demoTeams: readonly DemoTeam[] = [
  {
    ...team('Customer care', 34, 0),
    subjects: [
      'Where is my order',
      'Change of address',
      'Item arrived damaged',
      'How do I return this',
      'Opening hours',
    ],
    outage: 'Tracking page shows no orders',
  },
  {
    ...team('Technical support', 26, 8),
    subjects: [
      'Cannot log in since the update',
      'App closes by itself',
      'Export is empty',
      'Sync stopped',
      'Slow pages',
    ],
    outage: 'Sign-in fails for everybody',
  },
  {
    ...team('Billing', 20, 16),
    subjects: ['Refund not received', 'Charged twice', 'Invoice has the wrong name', 'Card was declined', 'VAT number'],
    outage: 'Payments are declined',
  },
  {
    ...team('Sales', 12, 24),
    subjects: [
      'Quote for 20 seats',
      'Does it work with our till',
      'Question about plans',
      'Renewal date',
      'Trial ends',
    ],
    outage: 'Prices on the page are wrong',
  },
  {
    ...team('Success', 8, 32),
    subjects: ['Training for new staff', 'Review of our set-up', 'Moving data over', 'Feature request', 'Usage report'],
    outage: 'Reports arrived empty',
  },
];

export const otherTeam = (name: string) => demoTeams.filter((team) => team.name !== name);

function team(name: string, share: number, first: number): Pick<DemoTeam, 'name' | 'share' | 'agents'> {
  return { name, share, agents: allAgents.slice(first, first + 8) };
}

/** Different names: given names do not repeat within forty. */
function nameAgents(): string[] {
  const random = seededRandom('agents');
  return words.given.slice(0, 40).map((given) => `${given} ${random.pick(words.family)}`);
}
