/**
 * The origins that sockets and forms accept: `PUBLIC_URL`, comma separated, else this machine under both of its names.
 * Throws TypeError when one of them is no URL; `arePublicUrls` says so beforehand.
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

/** Whether a value of `PUBLIC_URL` can be used. */
export function arePublicUrls(text: string): boolean {
  const urls = text.split(',').map((url) => url.trim());
  return urls.every((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol));
}
