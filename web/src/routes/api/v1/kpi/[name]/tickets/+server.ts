import { receiptPlace } from '@deskwire/clickhouse/kpi/read-kpi-tickets';
import { kpiReceiptRequest } from '@deskwire/contracts/kpi-request';
import { json } from '@sveltejs/kit';
import { z } from 'zod';
import { kpiOf, orProblem, readKpiQuestion } from '$lib/server/kpi-question';
import { problems } from '$lib/server/problem';
import type { RequestHandler } from './$types';

/** Where a page ended, and the range it was made for: "now" has moved on when the next one is asked for. */
const cursor = z.object({ from: receiptPlace.shape.at, to: receiptPlace.shape.at, after: receiptPlace });

/** The receipt of a number: what stands behind it, page by page. */
export const GET: RequestHandler = (event) =>
  orProblem(async () => {
    const given = event.url.searchParams.get('cursor');
    const place = given === null ? undefined : readCursor(given);
    if (given !== null && place === undefined)
      return problems.badRequest('"cursor" is not one that this server made: take "next" of the page before.');
    const question = await readKpiQuestion(event, kpiReceiptRequest, (request) => request, { kept: () => place });
    if ('refusal' in question) return question.refusal;
    const kpi = kpiOf(event.params.name);
    if ('refusal' in kpi) return kpi.refusal;
    const { request, range, filters, flow } = question;
    const asked = { name: kpi.name, range, filters, limit: request.limit, after: place?.after, flow };
    const receipt = await event.locals.doors.readKpiTickets(event.url.searchParams, asked);
    // The range of what was read, which may have been read for somebody who asked a moment before.
    const [from, to] = [Date.parse(receipt.from), Date.parse(receipt.to)];
    const next = receipt.next === null ? null : writeCursor({ from, to, after: receipt.next });
    return json({ ...receipt, next }, { headers: { 'cache-control': 'no-store' } });
  });

function readCursor(text: string): z.output<typeof cursor> | undefined {
  try {
    return cursor.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined; // Not JSON: somebody made it up.
  }
}

const writeCursor = (place: z.input<typeof cursor>) => Buffer.from(JSON.stringify(place)).toString('base64url');
