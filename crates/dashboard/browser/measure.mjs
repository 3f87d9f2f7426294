// First paint and size of pages: `npm run measure -- URL [runs]`. Prints one JSON object. Figures are medians over fresh
// browser contexts, so nothing is cached; the last one is a second visit.

import { launch } from './chromium.mjs';
import { places } from './places.mjs';

const [url = 'http://127.0.0.1:8080', runs = '9'] = process.argv.slice(2);
const browser = await launch();
const found = await places(url);

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Opens a page; returns its times in ms and the transferred bytes. */
async function visit(page, path) {
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  const sizes = { assets: 0, api: 0, requests: 0 };
  const kinds = new Map();
  client.on('Network.responseReceived', ({ requestId, response }) => kinds.set(requestId, response.url));
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const from = kinds.get(requestId) ?? '';
    sizes[from.includes('/api/') ? 'api' : 'assets'] += encodedDataLength;
    sizes.requests += 1;
  });
  await page.goto(url + path);
  await page.waitForFunction(() => performance.getEntriesByName('ddvs-drawn').length > 0);
  await page.waitForTimeout(400);
  const times = await page.evaluate(() => ({
    first_paint_ms: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    drawn_ms: performance.getEntriesByName('ddvs-drawn')[0].startTime,
    layout_shift: window.shift ?? 0,
  }));
  return { ...times, assets_bytes: sizes.assets, api_bytes: sizes.api, requests: sizes.requests };
}

const told = {};
for (const name of ['overview', 'chain', 'validators', 'tx', 'params']) {
  if (!found[name]) continue;
  const visits = [];
  for (let run = 0; run < Number(runs); run++) {
    const page = await browser.page();
    await page.addInitScript(() => {
      window.shift = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.shift += entry.value; })).observe({ type: 'layout-shift', buffered: true });
    });
    visits.push(await visit(page, found[name]));
    await page.context().close();
  }
  told[name] = Object.fromEntries(Object.keys(visits[0]).map((key) => [key, Math.round(median(visits.map((each) => each[key])) * 1000) / 1000]));
}
const page = await browser.page();
await visit(page, '/');
told.again = await visit(page, '/');
console.log(JSON.stringify(told, null, 2));
await browser.close();
