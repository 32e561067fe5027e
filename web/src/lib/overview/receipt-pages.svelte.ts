import type { KpiReceipt } from '@deskwire/contracts/kpi';
import type { ReceiptQuestion } from './ask-receipt';

/** What stands behind a number, page by page; `more` reads the first. */
export class ReceiptPages {
  #question: Omit<ReceiptQuestion, 'cursor'>;
  #read: KpiReceipt[] = $state.raw([]);
  #state: 'loading' | 'read' | 'failed' = $state('loading');
  #why = $state('');

  /** The newest page: its n and its completeness are those of the number. */
  readonly receipt = $derived(this.#read.at(-1));
  readonly tickets = $derived(this.#read.flatMap(({ tickets }) => tickets));
  readonly hasMore = $derived(this.#read.length > 0 && this.#read.at(-1)?.next !== null);
  readonly asOf = $derived(Date.parse(this.#read[0]?.as_of ?? ''));

  get state(): 'loading' | 'read' | 'failed' {
    return this.#state;
  }
  get why(): string {
    return this.#why;
  }

  constructor(question: Omit<ReceiptQuestion, 'cursor'>) {
    this.#question = question;
  }

  /** The next page; the first one when there is none yet. */
  async more(): Promise<void> {
    this.#state = 'loading';
    const { askReceipt } = await import('./ask-receipt');
    const answer = await askReceipt({ ...this.#question, cursor: this.#read.at(-1)?.next ?? undefined });
    if (answer.ok) {
      this.#read = [...this.#read, answer.receipt];
      this.#state = 'read';
    } else {
      this.#state = 'failed';
      this.#why = answer.why;
    }
  }
}
