// Opens every kind of page of any server, such as a gateway in front of real nodes: `npm run visit -- URL`. Prints the errors
// of each, and exits with 1 if there are any.

import { pathToFileURL } from 'node:url';
import { launch } from './chromium.mjs';
import { places } from './places.mjs';

/** Opens a page and waits until it shows its data and receives events. */
export async function open(page, url) {
  await page.goto(url);
  await page.waitForSelector('main h1', { state: 'attached' });
  await page.waitForSelector('#link[data-state="open"]');
  await page.waitForFunction(() => !document.querySelector('main .wait'));
}

/** Opens all pages of `found`. Returns their titles and errors by name. */
export async function visit(browser, url, found) {
  const page = await browser.page();
  const [titles, wrong] = [new Map(), new Map()];
  for (const [name, path] of Object.entries(found)) {
    await open(page, url + path);
    const faults = await page.locator('main .fault').allTextContents();
    const troubles = page.troubles.splice(0);
    if (await page.locator('main h1').count() !== 1) troubles.push('not one heading');
    if (faults.length + troubles.length) wrong.set(name, [...troubles, ...faults]);
    titles.set(name, await page.title());
  }
  await page.context().close();
  return { titles, wrong };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [url = 'http://127.0.0.1:8080'] = process.argv.slice(2);
  const browser = await launch();
  try {
    const found = await places(url);
    const { titles, wrong } = await visit(browser, url, found);
    for (const [name, title] of titles) {
      console.log(`${wrong.has(name) ? 'WRONG' : 'ok   '} ${found[name]}  ${title}  ${wrong.get(name)?.join('; ') ?? ''}`);
    }
    process.exitCode = wrong.size ? 1 : 0;
  } finally {
    await browser.close();
  }
}
