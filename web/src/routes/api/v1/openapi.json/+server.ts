import { json } from '@sveltejs/kit';
import { describeApi } from '$lib/server/openapi/describe-api';

export const GET = () => json(describeApi());
