import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

/**
 * Scores 0 to 100; times in ms. `benchmarkIndex`: how fast Lighthouse found this processor, and how many times slower than that it
 * took the visitor's to be.
 */
export type LighthouseResult =
  | {
      measured: true;
      benchmarkIndex: number;
      cpuSlowdown: number;
      performance: number;
      accessibility: number;
      firstContentfulPaintMs: number;
      largestContentfulPaintMs: number;
      totalBlockingMs: number;
      layoutShift: number;
    }
  | { measured: false; why: string };

export interface LighthouseVisit {
  url: string;
  /** Of a session: the page is one that only the signed-in see. */
  cookie: string;
  /** Of a Chromium that is running; Lighthouse opens a tab of its own. */
  debuggingPort: number;
  form: 'mobile' | 'desktop';
  /** Absent: Lighthouse's own, 4 for a phone, which is meant for a fast desktop's processor. */
  cpuSlowdown?: number;
}

/**
 * How many times slower than a processor of this index a phone of the middle is.
 * Source: https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md, "Calibrating the CPU slowdown".
 */
export function phoneSlowdown(benchmarkIndex: number): number {
  if (benchmarkIndex >= 1_500) return 4;
  return benchmarkIndex >= 800 ? 2 : 1;
}

/** Not in the lockfile: its 195 packages would come into every install, for one figure of one command. */
const lighthousePackage = 'lighthouse@12.8.2';
const patienceMs = 300_000;
const run = promisify(execFile);

/** Lighthouse as npm fetches it, with its own idea of a slow phone (mobile) or a desktop. Never throws. */
export async function runLighthouse(visit: LighthouseVisit): Promise<LighthouseResult> {
  const { url, cookie, debuggingPort, form, cpuSlowdown } = visit;
  // The cookie goes by a file that only this user can read: arguments are there for all to see.
  const dir = mkdtempSync(join(tmpdir(), 'deskwire-lighthouse-'));
  try {
    const [headers, output] = [join(dir, 'headers.json'), join(dir, 'report.json')];
    writeFileSync(headers, JSON.stringify({ Cookie: cookie }), { mode: 0o600 });
    const options = [
      ...[`--port=${debuggingPort}`, '--hostname=127.0.0.1', `--extra-headers=${headers}`, '--quiet'],
      ...['--output=json', `--output-path=${output}`, '--only-categories=performance,accessibility'],
      ...(form === 'desktop' ? ['--preset=desktop'] : []),
      ...(cpuSlowdown === undefined ? [] : [`--throttling.cpuSlowdownMultiplier=${cpuSlowdown}`]),
    ];
    const args = ['exec', '--yes', `--package=${lighthousePackage}`, '--', 'lighthouse', url, ...options];
    // In a folder of its own, where npm finds no workspace to ask first.
    await run('npm', args, { cwd: dir, timeout: patienceMs, maxBuffer: 2 ** 26 });
    return readReport(readFileSync(output, 'utf8'), url);
  } catch (error) {
    return { measured: false, why: reasonOf(error) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const score = z.object({ score: z.number() });
const value = z.object({ numericValue: z.number() });
const report = z.object({
  finalDisplayedUrl: z.string(),
  runtimeError: z.object({ message: z.string() }).optional(),
  environment: z.object({ benchmarkIndex: z.number() }),
  configSettings: z.object({ throttling: z.object({ cpuSlowdownMultiplier: z.number() }) }),
  categories: z.object({ performance: score, accessibility: score }),
  audits: z.object({
    'first-contentful-paint': value,
    'largest-contentful-paint': value,
    'total-blocking-time': value,
    'cumulative-layout-shift': value,
  }),
});

/** Lighthouse's JSON. A page that it was sent away from, as to the sign-in, is not the one that was asked for. */
export function readReport(text: string, url: string): LighthouseResult {
  const parsed = report.safeParse(JSON.parse(text));
  if (!parsed.success)
    return { measured: false, why: `its report lacks ${parsed.error.issues[0]?.path.join('.') ?? ''}` };
  const { finalDisplayedUrl, runtimeError, environment, configSettings, categories, audits } = parsed.data;
  if (runtimeError !== undefined) return { measured: false, why: runtimeError.message };
  if (finalDisplayedUrl !== url) return { measured: false, why: `it was sent to ${finalDisplayedUrl}` };
  return {
    measured: true,
    benchmarkIndex: Math.round(environment.benchmarkIndex),
    cpuSlowdown: configSettings.throttling.cpuSlowdownMultiplier,
    performance: Math.round(categories.performance.score * 100),
    accessibility: Math.round(categories.accessibility.score * 100),
    firstContentfulPaintMs: Math.round(audits['first-contentful-paint'].numericValue),
    largestContentfulPaintMs: Math.round(audits['largest-contentful-paint'].numericValue),
    totalBlockingMs: Math.round(audits['total-blocking-time'].numericValue),
    layoutShift: Math.round(audits['cumulative-layout-shift'].numericValue * 1_000) / 1_000,
  };
}

const said = z.object({ stderr: z.string() });

/** The last thing that npm or Lighthouse wrote, in one line. */
function reasonOf(error: unknown): string {
  const parsed = said.safeParse(error);
  const lines = parsed.success ? parsed.data.stderr.split('\n').filter((line) => line.trim() !== '') : [];
  return lines.at(-1)?.slice(0, 200) ?? (error instanceof Error ? error.message.slice(0, 200) : 'it could not be run');
}
