import type { Tally } from './run-replay.ts';

const everyMs = 200;

/** One line on a terminal, rewritten a few times a second; says nothing elsewhere. */
export function createProgress(out: NodeJS.WriteStream, clock: () => number) {
  const startedAt = clock();
  let shownAt = -Infinity;
  let shown = false;
  const write = (text: string) => {
    if (!out.isTTY) return;
    out.write(`\r\u001b[K${text}`);
    shown = true;
  };
  return {
    note: (text: string) => write(text),
    show: (tally: Tally) => {
      if (clock() - shownAt < everyMs) return;
      shownAt = clock();
      write(describe(tally, (clock() - startedAt) / 1_000));
    },
    /** Leaves a free line behind. */
    end: () => {
      if (shown) out.write('\r\u001b[K');
    },
  };
}

/** E.g. `41,200 of 141,712 events (29 %), 38,113/s, at 2016-04-02 10:11`. */
export function describe({ resumedFrom, acknowledged, rows, last }: Tally, seconds: number): string {
  const done = resumedFrom + acknowledged;
  const number = (value: number) => value.toLocaleString('en-US');
  const rate = seconds > 0 ? Math.round(acknowledged / seconds) : 0;
  const at = last === null ? '' : `, at ${last.slice(0, 16).replace('T', ' ')}`;
  return `${number(done)} of ${number(rows)} events (${Math.floor((done / rows) * 100)} %), ${number(rate)}/s${at}`;
}
