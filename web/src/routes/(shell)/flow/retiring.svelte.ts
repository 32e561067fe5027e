import { askWeb } from '$lib/ask-web';

/** How far somebody is with retiring one source: kept beside the page's two forms of it, so that turning a phone loses nothing. */
export class Retiring {
  #source: string;
  #step: 'closed' | 'asks' | 'sends' | 'sent' = $state('closed');
  #failure = $state('');

  constructor(source: string) {
    this.#source = source;
  }

  get step(): 'closed' | 'asks' | 'sends' | 'sent' {
    return this.#step;
  }
  get failure(): string {
    return this.#failure;
  }

  ask(): void {
    this.#step = 'asks';
  }
  keep(): void {
    this.#step = 'closed';
    this.#failure = '';
  }

  async retire(): Promise<void> {
    this.#step = 'sends';
    this.#failure = '';
    try {
      const response = await askWeb('/api/v1/flow/retire', {
        method: 'POST',
        body: JSON.stringify({ source: this.#source }),
      });
      if (response.ok) {
        this.#step = 'sent';
        return;
      }
      const { detail }: { detail?: unknown } = await response.json();
      this.#failure = typeof detail === 'string' ? detail : 'It could not be retired; nothing was changed.';
    } catch {
      this.#failure =
        'The web server does not answer, so it is not known whether it was retired. Try again: it is done once, however often you ask.';
    }
    this.#step = 'asks';
  }
}
