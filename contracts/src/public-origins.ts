import { z } from 'zod';

/**
 * The origins that sockets and forms accept: `PUBLIC_URL`, comma separated, else this machine under both of its names.
 * Throws TypeError when one of them is no URL; `publicUrl` says so beforehand.
 */
export function publicOrigins(publicUrl: string | undefined, webPort: number, tls = false): string[] {
  const scheme = tls ? 'https' : 'http';
  const urls = publicUrl ?? `${scheme}://127.0.0.1:${webPort},${scheme}://localhost:${webPort}`;
  return urls
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '')
    .map((url) => new URL(url).origin);
}

const urlsOf = (text: string) => text.split(',').map((url) => url.trim());
const isHttp = (url: string) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
const schemesOf = (text: string) => new Set(urlsOf(text).map((url) => new URL(url).protocol));

/** A value of `PUBLIC_URL`. Cookies and headers for https would have to be left out for an address without it beside the others. */
export const publicUrl = z
  .string()
  .refine((text) => urlsOf(text).every(isHttp), {
    message: 'one http(s) address, or several with commas between',
    abort: true,
  })
  .refine((text) => schemesOf(text).size === 1, 'addresses that are all https or all http: not both');
