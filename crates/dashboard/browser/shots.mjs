// Screenshots of every page of a running network: `npm run shots -- URL [DIRECTORY]`.

import { mkdirSync } from 'node:fs';
import { DESKTOP, PHONE, launch } from './chromium.mjs';
import { places } from './places.mjs';

const [url = 'http://127.0.0.1:8080', directory = 'shots', only] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });
const browser = await launch();
const found = Object.entries(await places(url)).filter(([name]) => !only || only.split(',').includes(name));
for (const [device, viewport] of [['desktop', DESKTOP], ['phone', PHONE]]) {
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.page({ viewport, colorScheme, deviceScaleFactor: device === 'phone' ? 2 : 1 });
    for (const [name, path] of found) {
      await page.goto(url + path);
      await page.waitForSelector('main h1');
      await page.waitForTimeout(900);
      await page.screenshot({ path: `${directory}/${device}-${colorScheme}-${name}.png`, fullPage: name !== 'overview' || device === 'phone' });
    }
    if (page.troubles.length) console.log(device, colorScheme, page.troubles);
    await page.context().close();
  }
}
await browser.close();
