/** What was compared: projections with their rows, `tickets` with `ticket_changes`, that with itself, with EVENTS and with TICKETS, and the ledgers. */
export const findingKinds = ['projection', 'current row', 'version', 'cause', 'stream', 'ledger'] as const;
export type FindingKind = (typeof findingKinds)[number];

/** Differences of one kind: how many, and what the first of them are. Nothing personal. */
export interface Finding {
  kind: FindingKind;
  total: number;
  examples: string[];
}

export interface SelfCheckReport {
  /** When it began. */
  at: string;
  seconds: number;
  checked: { projections: number; messages: number };
  /** Projections that ClickHouse did not read from, so that there was nothing to compare. */
  notCompared: string[];
  findings: Finding[];
}

/** Counts `total` differences at once, of which one is described. */
export type AddFinding = (kind: FindingKind, example: string, total?: number) => void;

const examplesMax = 20;

export function createFindings(): { add: AddFinding; list: () => Finding[] } {
  const found = new Map<FindingKind, Finding>();
  return {
    add(kind, example, total = 1) {
      const finding = found.get(kind) ?? { kind, total: 0, examples: [] };
      finding.total += total;
      if (finding.examples.length < examplesMax) finding.examples.push(example);
      found.set(kind, finding);
    },
    list: () => findingKinds.flatMap((kind) => found.get(kind) ?? []),
  };
}

/** A line for each difference that has an example, and one for the rest of its kind. */
export function linesOf({ findings }: Pick<SelfCheckReport, 'findings'>): string[] {
  return findings.flatMap(({ kind, total, examples }) => [
    ...examples.map((example) => `${kind}: ${example}`),
    ...(total > examples.length ? [`${kind}: ${total - examples.length} more, ${total} in all`] : []),
  ]);
}
