import { text } from '@sveltejs/kit';

/** The process runs; whether it can do its work says /readyz. */
export const GET = () => text('ok\n');
