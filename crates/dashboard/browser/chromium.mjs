// A headless Chromium of the system, which can connect only to the test's server.

import { chromium } from 'playwright-core';
import { PATIENCE_MS } from './network.mjs';

export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 860 };

/** A browser with an empty, temporary profile. */
export async function launch() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  });
  return {
    /** A page with an empty history. Its errors are in `page.troubles`. */
    async page(options = {}) {
      const context = await browser.newContext({ viewport: DESKTOP, colorScheme: 'light', ...options });
      const page = await context.newPage();
      // a busy machine is slow, which is not a failure
      page.setDefaultTimeout(PATIENCE_MS);
      page.troubles = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) page.troubles.push(`${message.text()} (${message.location().url})`);
      });
      page.on('pageerror', (error) => page.troubles.push(String(error)));
      return page;
    },
    close: () => browser.close(),
  };
}
