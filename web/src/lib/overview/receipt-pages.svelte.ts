import type { KpiReceipt } from '@deskwire/contracts/kpi';
import type { ReceiptQuestion } from './ask-receipt';

/** What stands behind a number, page by page, as of the moment when its first page was read. */
export class ReceiptPages {
  #question: Omit<ReceiptQuestion, 'cursor'>;
  #read: KpiReceipt[] = $state.raw([]);
  #state: 'loading' | 'read' | 'failed' = $state('loading');
  #why = $state('');
  /** What is tried again when it failed. */
  #isRefresh = false;

  /** The number, as of that moment. */
  readonly receipt = $derived(this.#read[0]);
  /** The same as its newest page found it: another number means that the list is not of one moment any more. */
  readonly latest = $derived(this.#read.at(-1));
  readonly tickets = $derived(this.#read.flatMap(({ tickets }) => tickets));
  readonly hasMore = $derived(this.#read.length > 0 && this.#read.at(-1)?.next !== null);

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
  more(): Promise<void> {
    return this.#ask(false);
  }

  /** Number and list anew; what was read stays until both are there. */
  refresh(): Promise<void> {
    return this.#ask(true);
  }

  tryAgain(): Promise<void> {
    return this.#ask(this.#isRefresh);
  }

  async #ask(isRefresh: boolean): Promise<void> {
    this.#state = 'loading';
    this.#isRefresh = isRefresh;
    const cursor = isRefresh ? undefined : (this.#read.at(-1)?.next ?? undefined);
    const answer = await import('./ask-receipt').then(
      ({ askReceipt }) => askReceipt({ ...this.#question, cursor }),
      () => notLoaded,
    );
    if (answer.ok) {
      this.#read = isRefresh ? [answer.receipt] : [...this.#read, answer.receipt];
      this.#state = 'read';
    } else {
      this.#state = 'failed';
      this.#why = answer.why;
    }
  }
}

const notLoaded = {
  ok: false,
  why: 'a part of this page could not be loaded. Where trying again does not help, reload the page.',
} as const;
