import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals }) => {
  const readiness = await locals.doors.readReadiness();
  return json(readiness, { status: readiness.ready ? 200 : 503, headers: { 'cache-control': 'no-store' } });
};
