// Names on pages can be searched; charts can be read, lists filtered, and numbers are explained.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peopled } from './peopled.mjs';

const { devnet, browser, found, open } = await peopled();

/** Names on a page: shortened and whole addresses, hashes, keys, names, heights, batches. */
const shown = (page) => page.evaluate(() => {
  const seen = new Set();
  for (const node of document.querySelectorAll('.id, a.name, main h1, a[href^="/block/"]:not(.at), a[href^="/batch/"], .chip')) {
    const text = node.classList.contains('chip') ? node.title : node.innerText;
    const own = node.classList.contains('label') ? '' : text.trim();
    if (/^(the |Newest|Further|All )/.test(own)) continue;
    if (own) seen.add(own);
  }
  return [...seen];
});

test('all that pages show is found as it stands there', async () => {
  const page = await browser.page();
  const lost = new Map();
  const asked = new Set();
  const titles = new Set(['Overview of the network', 'Search']);
  for (const [name, path] of Object.entries(found)) {
    if (name.startsWith('search')) continue;
    await open(page, path);
    const kinds = new Map();
    for (const text of await shown(page)) {
      // a few of each length and form are enough for a page
      const look = text.replace(/[0-9a-f]/g, 'x').slice(0, 24);
      kinds.set(look, (kinds.get(look) ?? 0) + 1);
      if (asked.has(text) || kinds.get(look) > 3) continue;
      asked.add(text);
      const heading = await page.locator('main h1').innerText();
      // titles, such as `Pools` or `Lock`, are not names
      if (text === heading && !/\d/.test(text)) { titles.add(text); continue; }
      const { hits } = await devnet.get(`/api/v1/search?q=${encodeURIComponent(text)}`);
      if (!hits.length) lost.set(text, name);
    }
  }
  assert.deepEqual(lost, new Map());
  assert.ok(asked.size > 60, `${asked.size} texts`);
  for (const look of [/^-?\d:[0-9a-f]{6}…[0-9a-f]{4}$/, /^[0-9a-f]{8}…[0-9a-f]{4}$/, /^genesis-0\.\d$/, /^Batch \d+$/, /^Workchain 1$/]) {
    assert.ok([...asked].some((text) => look.test(text)), `${look} was among them`);
  }
  await page.context().close();
});

test('search takes numbers, batches and names as people write them', async () => {
  const page = await browser.page();
  await open(page, '/');
  const named = (await devnet.get('/api/v1/pools?chain=0&standing=validating')).items[0];
  for (const [text, path] of [['0.1', '/batch/0/1'], ['batch 0/1', '/batch/0/1'], ['workchain 1', '/chain/1'], ['block 7 of workchain 0', '/block/0/7'], ['set changed', '/events?kinds=set_changed'], ['Evidence', '/events?kinds=evidence']]) {
    await page.keyboard.press('/');
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
    if (text === 'Evidence') {
      // a page and a kind of event
      await page.locator('.hits a[href="/evidence"]').waitFor();
      assert.equal(await page.locator(`.hits a[href="${path}"]`).count(), 1);
    } else await page.waitForURL(devnet.url + path);
  }
  await page.keyboard.press('/');
  await page.keyboard.type(named.name);
  await page.keyboard.press('Enter');
  await page.locator(`.hits a[href="/pool/${named.address}"]`).waitFor();
  await page.context().close();
});

test('a path without a page says so and leads on', async () => {
  const page = await browser.page();
  for (const path of ['/none', '/chain/zero', '/pool', '/block/0', '/account/%E0%A4%A', '/tx/a/b']) {
    const answer = await page.goto(devnet.url + path);
    await page.getByRole('heading', { level: 1, name: /No such page|no address|address/ }).waitFor();
    assert.equal(new URL(page.url()).pathname, path, 'it stays where it is');
    assert.ok([200, 404].includes(answer.status()));
  }
  const answer = await page.goto(`${devnet.url}/none/such`);
  assert.equal(answer.status(), 404);
  await page.getByText('There is nothing at').waitFor();
  await page.evaluate(() => { window.isTheSame = true; });
  await page.click('main .hits a[href="/pools"]');
  await page.getByRole('heading', { level: 1, name: 'Pools' }).waitFor();
  assert.ok(await page.evaluate(() => window.isTheSame));
  const api = await fetch(`${devnet.url}/api/v1/none`, { headers: { accept: 'text/html' } });
  assert.equal((await api.json()).error.code, 'not_found');
  await page.context().close();
});

test('each page says in a line what it shows, and the first one what ddvs is', async () => {
  const page = await browser.page();
  for (const [name, path] of Object.entries(found)) {
    await open(page, path);
    const lines = await page.locator('main .head .about').allInnerTexts();
    assert.equal(lines.length, 1, name);
    assert.ok(lines[0].length > 30 && lines[0].endsWith('.'), `${name}: ${lines[0]}`);
  }
  await open(page, '/');
  assert.match(await page.locator('main .about').innerText(), /proof of stake without elections/);
  await page.context().close();
});

test('pools are filtered, and those that are closed or removed stand apart', async () => {
  const page = await browser.page();
  const all = (await devnet.get('/api/v1/pools?limit=200')).items;
  const rows = () => page.locator('main tbody tr');
  const list = (wanted) => all.filter(wanted).length;
  await open(page, '/pools');
  assert.equal(await rows().count(), list(({ standing }) => !['closed', 'removed'].includes(standing)));
  const removed = all.find(({ standing }) => standing === 'removed');
  assert.equal(await page.locator(`main tbody a[href="/pool/${removed.address}"]`).count(), 0);
  assert.match(await rows().first().innerText(), /genesis-\d\.\d/);
  await page.selectOption('#chain', '1');
  await page.click('main form button');
  await page.waitForURL(/chain=1/);
  const ofChain = list(({ standing, chain }) => chain === 1 && !['closed', 'removed'].includes(standing));
  await page.waitForFunction((count) => document.querySelectorAll('main tbody tr').length === count, ofChain);
  await page.selectOption('#standing', 'validating');
  await page.click('main form button');
  await page.waitForURL(/standing=validating/);
  assert.match(page.url(), /chain=1/);
  await page.click('main .tabs a:has-text("Closed and removed")');
  await page.locator(`main tbody a[href="/pool/${removed.address}"]`).waitFor();
  assert.equal(await rows().count(), list(({ standing }) => ['closed', 'removed'].includes(standing)));
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test('a slash tells its amount, and a new set who changed', async () => {
  const page = await browser.page();
  await open(page, '/events?kinds=slashed');
  const slash = await page.locator('.stream [data-kind="slashed"]').first().innerText();
  assert.match(slash, /genesis-\S+ lost [\d\u202f.]+ coins/);
  await open(page, '/events?kinds=set_changed');
  const sets = await page.locator('.stream [data-kind="set_changed"]').allInnerTexts();
  assert.ok(sets.some((text) => /genesis-\S+ left, with [\d\u202f.]+ coins/.test(text)), sets.join('\n'));
  assert.ok(sets.some((text) => /from [\d\u202f.]+ coins to [\d\u202f.]+ coins/.test(text)), sets.join('\n'));
  await page.context().close();
});

test('a chart tells the figures of a moment, by pointer and by keyboard', async () => {
  const page = await browser.page();
  await open(page, '/chain/1');
  const chart = page.locator('[data-chart]');
  const readout = () => chart.locator('.readout').innerText();
  const { items } = await devnet.get('/api/v1/chains/1/validators/changes');
  const first = items.at(-1).total_weight;
  const last = items[0].total_weight;
  assert.notEqual(first, last, 'there is something to read');
  const says = (weight) => page.waitForFunction((digits) => document.querySelector('.readout').textContent.replace(/\D/g, '').endsWith(digits), String(weight));
  await says(last);
  assert.match(await readout(), /^now/);
  const box = await chart.locator('svg').boundingBox();
  await page.mouse.move(box.x + box.width * (60 / 640), box.y + box.height / 2);
  await says(first);
  assert.equal(await chart.locator('.cursor').getAttribute('visibility'), null, 'a line shows where');
  await page.mouse.move(0, 0);
  await says(last);
  await chart.focus();
  await page.keyboard.press('Home');
  await says(first);
  assert.equal(await chart.locator('.readout').getAttribute('aria-live'), 'polite');
  await page.keyboard.press('End');
  await says(last);
  await page.keyboard.press('ArrowLeft');
  assert.doesNotMatch(await readout(), /^now/);
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.querySelector('.readout').textContent.startsWith('now'));
  await open(page, '/');
  assert.match(await page.locator('.lanes .pulse title').last().textContent(), /^Block [\d\u202f]+, .+: \d+ transactions?$/);
  await page.context().close();
});
