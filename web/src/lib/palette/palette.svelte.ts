import { createContext, type Component } from 'svelte';
import type { CommandKey } from '../shell/command-key';
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
  #Shown: Component | undefined = $state.raw();
  #offers: Offer[] = [];
  #load: () => Promise<{ default: Component }>;

  constructor(commandKey: CommandKey, load: () => Promise<{ default: Component }>) {
    this.commandKey = commandKey;
    this.#load = load;
  }

  /** As offered when it was opened: nothing moves while somebody chooses. */
  get entries(): PaletteEntry[] {
    return this.#entries;
  }
  /** The palette itself, once it was loaded. */
  get Shown(): Component | undefined {
    return this.#Shown;
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
    const all = this.#offers.flatMap((offer) => offer());
    this.#entries = paletteGroups.flatMap((name) => all.filter(({ group }) => group === name));
    try {
      this.#Shown ??= (await this.#load()).default;
      if (this.isOpen) this.#state = 'open';
    } catch {
      this.#state = 'failed'; // The web server is away, or has another build by now.
    }
  }

  close(): void {
    this.#state = 'closed';
  }
}

/** The shell sets it. */
export const [paletteContext, setPaletteContext] = createContext<Palette>();
