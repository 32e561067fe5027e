/** After the figures are live, on a network that is not slow. */
const warmMs = 3_000;

/** A part of the page that nobody sees at first: loaded when it is wanted, and before that once the page has come to rest. */
export class LatePart<Part> {
  #Shown: Part | undefined = $state.raw();
  #load: () => Promise<{ default: Part }>;

  constructor(load: () => Promise<{ default: Part }>) {
    this.#load = load;
  }

  /** Undefined until it was wanted and is there. */
  get Shown(): Part | undefined {
    return this.#Shown;
  }

  want(): void {
    if (this.#Shown !== undefined) return;
    this.#load().then(
      (loaded) => (this.#Shown = loaded.default),
      () => {}, // The web server is away, or has another build by now: the next time asks again.
    );
  }

  /** Loads its files, so that it opens even when the web server is away; from `onMount`, the answer takes it back. */
  warm(): () => void {
    const timer = setTimeout(() => void this.#load().catch(() => {}), warmMs);
    return () => clearTimeout(timer);
  }
}
