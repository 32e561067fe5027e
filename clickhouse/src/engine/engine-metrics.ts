/** Counters of the door. Times are seconds, sizes bytes. */
export interface EngineMetrics {
  answered(status: number, seconds: number): void;
  /** Prometheus text; `gauges` are read at the moment of asking, by name without the prefix. */
  text(gauges: Readonly<Record<string, number>>): string;
}

/** Makes empty counters. Answers are counted by status, so refusals and failures can be told apart. */
export function createEngineMetrics(): EngineMetrics {
  const answers = new Map<number, { count: number; seconds: number }>();
  return {
    answered: (status, seconds) => {
      const kept = answers.get(status) ?? { count: 0, seconds: 0 };
      answers.set(status, { count: kept.count + 1, seconds: kept.seconds + seconds });
    },
    text: (gauges) => {
      const lines = ['# TYPE deskwire_engine_request_seconds summary'];
      for (const [status, { count, seconds }] of answers) {
        lines.push(`deskwire_engine_request_seconds_count{status="${status}"} ${count}`);
        lines.push(`deskwire_engine_request_seconds_sum{status="${status}"} ${seconds}`);
      }
      for (const [name, value] of Object.entries(gauges)) {
        lines.push(`# TYPE deskwire_engine_${name} gauge`, `deskwire_engine_${name} ${value}`);
      }
      return `${lines.join('\n')}\n`;
    },
  };
}
