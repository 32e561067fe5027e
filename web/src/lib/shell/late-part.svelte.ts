import { askWeb } from '../ask-web';

/** After the figures are live, on a network that is not slow. */
const warmMs = 3_000;

/** A part of the page that nobody sees at first: loaded when it is wanted, and before that once the page has come to rest. */
export class LatePart<Part> {
  #Shown: Part | undefined = $state.raw();
  #hasFailed = $state(false);
  #load: () => Promise<{ default: Part }>;

  constructor(load: () => Promise<{ default: Part }>) {
    this.#load = load;
  }

  /** Undefined until it was wanted and is there. */
  get Shown(): Part | undefined {
    return this.#Shown;
  }
  /** It was wanted and did not come: the web server is away, or has another build by now. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Answers whether it is there. */
  want(): Promise<boolean> {
    this.#hasFailed = false;
    return this.#ask();
  }

  /**
   * As `want`, by hand. What an update took away never comes, and some browsers remember of a file that it did not: where the server
   * answers and it still does not come, the page is loaded anew, at its own address.
   */
  async tryAgain(): Promise<boolean> {
    const isHere = await this.#ask();
    if (!isHere && (await doesAnswer())) location.reload();
    return isHere;
  }

  /** Loads its files, so that it opens even when the web server is away; from `onMount`, the answer takes it back. */
  warm(): () => void {
    const timer = setTimeout(() => void this.#load().catch(() => {}), warmMs);
    return () => clearTimeout(timer);
  }

  async #ask(): Promise<boolean> {
    try {
      this.#Shown ??= (await this.#load()).default;
      this.#hasFailed = false;
    } catch {
      this.#hasFailed = true;
    }
    return !this.#hasFailed;
  }
}

const doesAnswer = () =>
  askWeb('/healthz').then(
    ({ ok }) => ok,
    () => false,
  );
