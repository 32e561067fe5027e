import { createContext, type Component } from 'svelte';
import type { CommandKey } from '../shell/command-key';
import type { LatePart } from '../shell/late-part.svelte';
import { paletteGroups, type PaletteEntry } from './palette-entry';

/** What a page can do, asked for when the palette opens. */
type Offer = () => PaletteEntry[];
type PaletteState = 'closed' | 'loading' | 'open' | 'failed';

/** All that can be done by name. Whoever is on the page offers what it can do; the palette itself is loaded when it is first opened. */
export class Palette {
  /** Of this person's keyboard. */
  readonly commandKey: CommandKey;
  #state: PaletteState = $state('closed');
  #entries: PaletteEntry[] = $state.raw([]);
  #offers: Offer[] = [];
  #part: LatePart<Component>;

  constructor(commandKey: CommandKey, part: LatePart<Component>) {
    this.commandKey = commandKey;
    this.#part = part;
  }

  /** As offered when it was opened: nothing moves while somebody chooses. */
  get entries(): PaletteEntry[] {
    return this.#entries;
  }
  /** The palette itself, once it was loaded. */
  get Shown(): Component | undefined {
    return this.#part.Shown;
  }
  get state(): PaletteState {
    return this.#state;
  }
  /** Keys that are pressed now are meant for it. */
  get isOpen(): boolean {
    return this.#state === 'open' || this.#state === 'loading';
  }

  /** From `onMount`; the answer takes it back. */
  offer(offer: Offer): () => void {
    this.#offers = [...this.#offers, offer];
    return () => (this.#offers = this.#offers.filter((each) => each !== offer));
  }

  async open(): Promise<void> {
    if (this.isOpen) return;
    this.#state = 'loading';
    this.#collect();
    const isHere = await this.#part.want();
    if (this.isOpen) this.#state = isHere ? 'open' : 'failed';
  }

  /** After it failed. */
  async tryAgain(): Promise<void> {
    this.#collect();
    if ((await this.#part.tryAgain()) && this.#state === 'failed') this.#state = 'open';
  }

  close(): void {
    this.#state = 'closed';
  }

  #collect(): void {
    const all = this.#offers.flatMap((offer) => offer());
    this.#entries = paletteGroups.flatMap((name) => all.filter(({ group }) => group === name));
  }
}

/** The shell sets it. */
export const [paletteContext, setPaletteContext] = createContext<Palette>();
