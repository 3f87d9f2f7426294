// Every page opens, is reachable, fits a phone, and can be used with a keyboard and a screen reader.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DESKTOP, PHONE } from './chromium.mjs';
import { peopled } from './peopled.mjs';
import { visit } from './visit.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const { devnet, browser, found, open } = await peopled();

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
  await page.getByText('Nothing matches').waitFor();
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test('what does not exist is told with what to do', async () => {
  const page = await browser.page();
  for (const [path, said] of [['/block/0/4000000000', /no block/], [`/tx/${'0'.repeat(64)}`, /no transaction/], ['/account/nobody', /address/]]) {
    await page.goto(devnet.url + path);
    await page.getByRole('heading', { level: 1, name: said }).waitFor();
    assert.ok((await page.locator('main .fault p').textContent()).length > 10, `${path}: what to do`);
    // and it stays longer than the delay of the loading message
    await page.evaluate(() => new Promise((later) => setTimeout(later, 600)));
    await page.getByRole('heading', { level: 1, name: said }).waitFor();
  }
  await page.context().close();
});

test('the chains of a network whose nodes do not count all coins', async () => {
  const page = await browser.page();
  // as a gateway in front of nodes answers
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
  assert.equal(await page.locator('#announcer').textContent(), 'Copied.');
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
