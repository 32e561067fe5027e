import '$lib/live/zod-without-eval';
import { askWeb, figuresWithinMs } from '../ask-web';
import { overviewFigures, type OverviewFigures } from './figures';

/** `later`: it could not be said now. `never`: this address has no answer, or nobody is signed in. */
export type FiguresAnswer = { state: 'known'; figures: OverviewFigures } | { state: 'later' } | { state: 'never' };

/**
 * Asks the server for the figures of the overview at an address. Imported when it is first needed.
 * @public
 */
export async function askFigures(address: string): Promise<FiguresAnswer> {
  try {
    const response = await askWeb(`/figures.json${new URL(address, location.href).search}`, {
      withinMs: figuresWithinMs,
    });
    if (response.ok) return { state: 'known', figures: overviewFigures.parse(await response.json()) };
    return { state: response.status >= 500 ? 'later' : 'never' };
  } catch {
    return { state: 'later' }; // The web server is away.
  }
}
