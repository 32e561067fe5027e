import { json } from '@sveltejs/kit';
import { describeApi } from '$lib/server/openapi';

export const GET = () => json(describeApi());
