import type { Page } from 'playwright-core';

export const desktop = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };
export const tablet = { width: 768, height: 1024 };
export const wide = { width: 1920, height: 1080 };

export interface Look {
  width: number;
  height: number;
  scheme: 'light' | 'dark';
}

/** At desk and in the hand, by day and by night: what every state of a page is looked at in. */
const looks: Look[] = [desktop, phone].flatMap((size) => [
  { ...size, scheme: 'light' },
  { ...size, scheme: 'dark' },
]);

/** Turns a page, as it stands, into each look, and back: a state that was hard to bring about is looked at four times. */
export async function inEachLook(page: Page, at: (look: Look) => Promise<void>): Promise<void> {
  const before = page.viewportSize();
  for (const look of looks) {
    await page.setViewportSize(look);
    await page.emulateMedia({ colorScheme: look.scheme });
    await at(look);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  if (before !== null) await page.setViewportSize(before);
}
