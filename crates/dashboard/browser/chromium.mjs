// A headless Chromium of the system, without a connection to anywhere but the test's own server.

import { chromium } from 'playwright-core';
import { PATIENCE_MS } from './network.mjs';

export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 860 };

/** A browser with an empty profile, which goes with it. */
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
    /** A page with an empty past. What goes wrong in it is in `page.troubles`. */
    async page(options = {}) {
      const context = await browser.newContext({ viewport: DESKTOP, colorScheme: 'light', ...options });
      const page = await context.newPage();
      // a machine that has much else to do is slow, not wrong
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
