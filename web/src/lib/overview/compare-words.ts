import type { RangeChoice } from './view';

/** What the period before is called. */
export function comparedWords(choice: RangeChoice): string {
  switch (choice.name) {
    case 'today':
      return 'yesterday by this time';
    case 'yesterday':
      return 'the day before';
    case '7d':
      return 'the 7 days before';
    case '28d':
      return 'the 28 days before';
    case 'custom':
      return 'the period before';
    default:
      return choice satisfies never;
  }
}

/** The same where there is little room: "vs 7 days before". */
export const comparedShort = {
  ...{ today: 'yesterday', yesterday: 'day before', '7d': '7 days before', '28d': '28 days before' },
  custom: 'period before',
} as const satisfies Record<RangeChoice['name'], string>;

export const rangeWords = { today: 'Today', yesterday: 'Yesterday', '7d': '7 days', '28d': '28 days' } as const;
