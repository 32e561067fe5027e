import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals }) => {
  const { metrics } = locals.doors;
  return new Response(await metrics.text(), { headers: { 'content-type': metrics.contentType } });
};
