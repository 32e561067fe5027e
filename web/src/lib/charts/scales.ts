/** What places points in a chart, in per cent of it; LayerCake's context is one. */
export interface Scales {
  /** Of Unix ms. */
  xScale: (at: number) => number;
  yScale: (value: number) => number;
}
