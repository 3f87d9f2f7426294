// Every page opens, is found, fits a phone, and can be used without a mouse and without eyes.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { DESKTOP, PHONE, launch } from './chromium.mjs';
import { Devnet } from './network.mjs';
import { places } from './places.mjs';
import { open as openUrl, visit } from './visit.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let devnet;
let browser;
let found;

before(async () => {
  [devnet, browser] = await Promise.all([Devnet.start(), launch()]);
  await devnet.person('carla', 200_000);
  await devnet.person('dmitri', 1_000);
  const pools = await devnet.get('/api/v1/pools');
  const pool = pools.items.find((own) => own.chain === 1).address;
  await devnet.ddvs('wallet', 'create', '50000', '--key', 'carla');
  await devnet.ddvs('wallet', 'stake', '20000', '--pool', pool, '--key', 'carla');
  await devnet.accuse(3, 'dmitri');
  found = await places(devnet.url);
  for (const name of ['wallet', 'batch', 'tx', 'message']) assert.ok(found[name], `there is a ${name} to look at`);
});

after(async () => {
  await browser?.close();
  await devnet?.close();
});

const open = (page, path) => openUrl(page, devnet.url + path);

test('every page opens without a complaint', async () => {
  const { titles, wrong } = await visit(browser, devnet.url, found);
  assert.deepEqual(wrong, new Map());
  assert.equal(titles.size, Object.keys(found).length);
  assert.equal(titles.get('chain'), 'Workchain 0 · ddvs');
});

test('links lead from page to page, and back', async () => {
  const page = await browser.page();
  await open(page, '/');
  await page.evaluate(() => { window.isTheSame = true; });
  const broken = [];
  const visited = new Set();
  for (const path of ['/', found.chain, found.batch, found.tx, found.pool, found.wallet]) {
    await open(page, path);
    const links = await page.$$eval('main a[href^="/"]', (all) => [...new Set(all.map((link) => link.getAttribute('href')))]);
    for (const link of links.slice(0, 12)) {
      if (visited.has(link)) continue;
      visited.add(link);
      await open(page, link);
      if (await page.locator('main .fault').count()) broken.push(link);
    }
  }
  assert.deepEqual(broken, []);
  await open(page, '/');
  await page.click('nav a[href="/batches"]');
  await page.getByRole('heading', { level: 1, name: 'Batches' }).waitFor();
  await page.locator('main tbody a[href^="/batch/"]').first().click();
  await page.getByRole('heading', { level: 1, name: /^Batch \d/ }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Batches' }).waitFor();
  await page.goBack();
  await page.locator('.lanes').waitFor();
  await page.context().close();
});

test('search finds what has a name', async () => {
  const page = await browser.page();
  const pool = (await devnet.get('/api/v1/pools')).items.find((own) => own.standing === 'validating');
  const block = await devnet.get('/api/v1/chains/0/blocks/5');
  const wallet = (await devnet.get('/api/v1/wallets')).items[0];
  const friendly = (await devnet.get(`/api/v1/accounts/${wallet.address}`)).friendly;
  const transaction = found.tx.split('/')[2];
  await open(page, '/');
  for (const [asked, path] of [
    [pool.address, `/pool/${pool.address}`],
    [pool.key, `/validator/${pool.address}`],
    [block.hash, '/block/0/5'],
    ['0/7', '/block/0/7'],
    [friendly, `/account/${wallet.address}`],
    [transaction, `/tx/${transaction}`],
    [Buffer.from(transaction, 'hex').toString('base64'), `/tx/${transaction}`],
  ]) {
    await page.keyboard.press('/');
    await page.keyboard.type(asked);
    await page.keyboard.press('Enter');
    await page.waitForURL(devnet.url + path);
    await page.waitForFunction(() => document.activeElement.tagName === 'H1');
  }
  await page.keyboard.press('/');
  await page.keyboard.type('6');
  await page.keyboard.press('Enter');
  await page.locator('.hits a').nth(2).waitFor();
  assert.equal(await page.locator('.hits a[href^="/block/"]').count(), 3, 'a height is a block on each chain');
  await page.keyboard.press('/');
  await page.keyboard.type('nonsense <img src=x>');
  await page.keyboard.press('Enter');
  await page.getByText('Nothing has this name').waitFor();
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

/** What a page shows that names something: shortened and whole addresses, hashes, keys, names, heights, batches. */
const shown = (page) => page.evaluate(() => {
  const seen = new Set();
  for (const node of document.querySelectorAll('.id, a.name, main h1, a[href^="/block/"], a[href^="/batch/"], .chip')) {
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
      // some of each length and look are enough of a page
      const look = text.replace(/[0-9a-f]/g, 'x').slice(0, 24);
      kinds.set(look, (kinds.get(look) ?? 0) + 1);
      if (asked.has(text) || kinds.get(look) > 3) continue;
      asked.add(text);
      const heading = await page.locator('main h1').innerText();
      // what a page is, such as `Pools` or `Lock`: words, not names
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
  assert.ok(await chart.locator('.cursor').isVisible());
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

test('what does not exist is told with what to do', async () => {
  const page = await browser.page();
  for (const [path, said] of [['/block/0/4000000000', /no block/], [`/tx/${'0'.repeat(64)}`, /no transaction/], ['/account/nobody', /address/]]) {
    await page.goto(devnet.url + path);
    await page.getByRole('heading', { level: 1, name: said }).waitFor();
    assert.ok((await page.locator('main .fault p').textContent()).length > 10, `${path}: what to do`);
    // and stays, longer than it takes until a page says that it loads
    await page.evaluate(() => new Promise((later) => setTimeout(later, 600)));
    await page.getByRole('heading', { level: 1, name: said }).waitFor();
  }
  await page.context().close();
});

test('the chains of a network whose nodes do not count all coins', async () => {
  const page = await browser.page();
  // as a gateway before nodes answers
  await page.route('**/api/v1/network', async (route) => route.fulfill({ json: { ...await devnet.get('/api/v1/network'), kind: 'tycho' } }));
  await page.route('**/api/v1/supply', (route) => route.fulfill({ status: 404, json: { error: { code: 'not_known', message: 'the nodes do not tell', advice: '' } } }));
  await open(page, '/chains');
  assert.equal(await page.locator('main .fault').count(), 0);
  assert.equal(await page.locator('main tbody tr').count(), 3);
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test('a phone needs no scrolling to the side', async () => {
  const page = await browser.page({ viewport: PHONE });
  for (const [name, path] of Object.entries(found)) {
    await open(page, path);
    const [inner, whole] = await page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollWidth]);
    assert.ok(whole <= inner, `${name} is ${whole} px wide on ${inner} px`);
    const cut = await page.$$eval('main .scroll', (all) => all.filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.getAttribute('aria-label')));
    assert.deepEqual(cut, [], `${name}: tables that are cut off`);
    const isSeen = await page.$$eval('[aria-current]', (all) => all.every((link) => {
      const [row, own] = [link.parentElement.getBoundingClientRect(), link.getBoundingClientRect()];
      return own.left >= row.left - 1 && own.right <= row.right + 1;
    }));
    assert.ok(isSeen, `${name}: where one is shows in the navigation`);
  }
  await page.context().close();
});

test('the keyboard reaches everything and is shown where it is', async () => {
  const page = await browser.page({ viewport: DESKTOP });
  await open(page, '/validators');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the page');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  const seen = new Set();
  for (let step = 0; step < 400; step++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const node = document.activeElement;
      if (node === document.body) return null;
      const style = getComputedStyle(node);
      const all = [...document.querySelectorAll('*')].indexOf(node);
      return { all, isShown: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, what: node.outerHTML.slice(0, 90) };
    });
    if (!at) break;
    assert.ok(at.isShown, `no outline on ${at.what}`);
    seen.add(at.all);
  }
  const places = await page.$$eval('main a[href], main button, main summary, main [tabindex="0"]', (all) => all.filter((node) => node.checkVisibility()).length);
  assert.ok(seen.size >= places, `${seen.size} of ${places} places were reached: there is a trap`);
  // a link by keyboard leads to the page's heading
  await page.focus('nav a[href="/pools"]');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.textContent === 'Pools' && document.activeElement.tagName === 'H1');
  await page.context().close();
});

test('focus stays while data change', async () => {
  const page = await browser.page();
  await open(page, '/');
  const link = page.locator('.lanes [data-chain="1"] .name a').last();
  await link.focus();
  const height = await page.locator('.lanes [data-chain="1"] .height').textContent();
  await page.waitForFunction((was) => document.querySelector('.lanes [data-chain="1"] .height').textContent !== was, height);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Workchain 1');
  await page.context().close();
});

test('a command is copied', async () => {
  const page = await browser.page({ permissions: ['clipboard-read', 'clipboard-write'] });
  await open(page, '/chain/0');
  await page.getByText('The same on a command line').click();
  await page.locator('.commands .copy').first().click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^ddvs query validators --chain 0/);
  assert.equal(await page.locator('#said').textContent(), 'Copied.');
  await page.context().close();
});

test('the theme is chosen and kept', async () => {
  const page = await browser.page();
  await open(page, '/');
  const paper = () => page.evaluate(() => getComputedStyle(document.querySelector('.top')).backgroundColor);
  assert.equal(await paper(), 'rgb(255, 255, 255)');
  await page.click('#theme');
  await page.click('#theme');
  assert.equal(await page.getAttribute('#theme', 'aria-label'), 'Theme: dark');
  const dark = await paper();
  assert.notEqual(dark, 'rgb(255, 255, 255)');
  await page.reload();
  assert.equal(await paper(), dark);
  await page.context().close();
});

for (const colorScheme of ['light', 'dark']) {
  for (const [device, viewport] of [['desktop', DESKTOP], ['phone', PHONE]]) {
    test(`names and contrast are right: ${colorScheme}, ${device}`, async () => {
      const page = await browser.page({ viewport, colorScheme, reducedMotion: 'reduce', bypassCSP: true });
      for (const [name, path] of Object.entries(found)) {
        await open(page, path);
        await page.evaluate(AXE);
        const { violations } = await page.evaluate(() => axe.run(document, {
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        }));
        const told = violations.map((violation) => `${violation.id}: ${violation.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 140)} ${node.any[0]?.message ?? ''}`).join('\n    ')}`);
        assert.deepEqual(told, [], `${name}:\n${told.join('\n')}`);
      }
      await page.context().close();
    });
  }
}
