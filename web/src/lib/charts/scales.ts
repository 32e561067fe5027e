/** What places points in a chart, in per cent of it; LayerCake's context is one. */
export interface Scales {
  /** Of Unix ms. */
  xScale: (at: number) => number;
  yScale: (value: number) => number;
}

/** The span that a small line fills: a level that hardly moves is drawn as one, and what is zero lies at the bottom. Values are not negative. */
export function levelDomain(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(1e-9, 0.1 * high - (high - low)) / 2;
  return [Math.max(0, low - room), high + room];
}
