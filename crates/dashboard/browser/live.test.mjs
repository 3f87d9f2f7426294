// What happens on the network shows by itself: who joins, who is slashed, and that the server was away.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.mjs';
import { Devnet, pause } from './network.mjs';

const SECOND = 1_000;
let devnet;
let browser;

before(async () => {
  [devnet, browser] = await Promise.all([Devnet.start('--validators', '3'), launch()]);
});

after(async () => {
  await browser?.close();
  await devnet?.close();
});

/** Marks the document, so that a reload would be noticed. */
const mark = (page) => page.evaluate(() => { window.isTheSame = true; });
const isTheSame = (page) => page.evaluate(() => window.isTheSame === true);

test('heights grow without a reload', async () => {
  const page = await browser.page();
  await page.goto(devnet.url);
  await mark(page);
  for (const chain of [-1, 0, 1]) {
    const height = page.locator(`.lanes [data-chain="${chain}"] .height`);
    const number = async () => Number((await height.textContent()).replace(/\D/g, ''));
    const first = await number();
    await page.waitForFunction(([at, from]) => Number(document.querySelector(at).textContent.replace(/\D/g, '')) > from + 3,
      [`.lanes [data-chain="${chain}"] .height`, first], { timeout: 20 * SECOND });
  }
  assert.equal(await page.locator('#link').getAttribute('data-state'), 'open');
  assert.ok(await isTheSame(page));
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test('a validator joins and appears, its batch fills, and its misbehaviour shows', async () => {
  await devnet.person('anna', 300_000);
  await devnet.person('boris', 1_000);
  const [overview, chain, evidence] = await Promise.all([browser.page(), browser.page(), browser.page()]);
  await overview.goto(`${devnet.url}/`);
  await chain.goto(`${devnet.url}/chain/0`);
  await evidence.goto(`${devnet.url}/evidence`);
  for (const page of [overview, chain, evidence]) {
    await page.waitForSelector('main h1', { state: 'attached' });
    await page.waitForSelector('#link[data-state="open"]');
    await mark(page);
  }
  const members = chain.locator('section[aria-labelledby="p-validators"] tbody tr');
  await members.nth(2).waitFor();
  assert.equal(await members.count(), 3);

  await devnet.ddvs('validator', 'create', '--stake', '110000', '--key', 'anna');
  await members.nth(3).waitFor({ timeout: 30 * SECOND });
  assert.equal(await members.count(), 4);
  await overview.locator('.lanes [data-chain="0"] .bar > *').nth(3).waitFor({ timeout: 30 * SECOND });
  const stream = overview.locator('.stream');
  for (const kind of ['stake', 'lock', 'proposed', 'voted', 'applied', 'set_changed']) {
    await stream.locator(`[data-kind="${kind}"]`).first().waitFor({ timeout: 30 * SECOND });
  }
  const batch = overview.locator('.agree [data-batch="0/1"]');
  await batch.locator('.tag', { hasText: 'applied' }).waitFor({ timeout: 30 * SECOND });
  const said = await batch.locator('.votes').getAttribute('aria-label');
  assert.ok(parseFloat(said) > 50, said);

  const pools = await devnet.get('/api/v1/pools');
  const key = await devnet.accuse(0, 'boris');
  const accused = pools.items.find((pool) => pool.key === key);
  await evidence.locator('section[aria-labelledby="p-removed-for-good"] tbody tr').first().waitFor({ timeout: 60 * SECOND });
  for (const kind of ['evidence', 'removed', 'slashed']) {
    await stream.locator(`[data-kind="${kind}"]`).first().waitFor({ timeout: 60 * SECOND });
  }
  await chain.waitForFunction((root) => ![...document.querySelectorAll('section[aria-labelledby="p-validators"] tbody a')].some((link) => link.href.endsWith(root)),
    accused.address, { timeout: 60 * SECOND });

  const page = await browser.page();
  await page.goto(`${devnet.url}/validator/${accused.address}`);
  await page.getByText('Removed for misbehaviour').first().waitFor();
  for (const each of [overview, chain, evidence]) {
    assert.ok(await isTheSame(each), `${each.url()} was loaded again`);
    assert.deepEqual(each.troubles, []);
  }
  await Promise.all([overview, chain, evidence, page].map((each) => each.context().close()));
});

test('a server that is away and comes back is told, and survived', async () => {
  const page = await browser.page();
  await page.goto(`${devnet.url}/`);
  await page.waitForSelector('#link[data-state="open"]');
  await mark(page);
  const banner = page.locator('#banner');
  assert.ok(await banner.isHidden());
  await devnet.end();
  await banner.waitFor({ state: 'visible', timeout: 20 * SECOND });
  assert.match(await banner.textContent(), /does not answer/);
  // what was known stays
  assert.ok(await page.locator('.lanes [data-chain="0"]').isVisible());
  await pause(500);
  await devnet.begin();
  await banner.waitFor({ state: 'hidden', timeout: 30 * SECOND });
  await page.waitForSelector('#link[data-state="open"]');
  const chains = await devnet.get('/api/v1/chains');
  // without --data it is another network with the same seed: heights begin again
  await page.waitForFunction((most) => Number(document.querySelector('.lanes [data-chain="0"] .height').textContent.replace(/\D/g, '')) < most,
    chains.find((chain) => chain.chain === 0).head.block + 500, { timeout: 20 * SECOND });
  const before = await page.locator('.lanes [data-chain="0"] .height').textContent();
  await page.waitForFunction((was) => document.querySelector('.lanes [data-chain="0"] .height').textContent !== was, before, { timeout: 20 * SECOND });
  assert.ok(await isTheSame(page), 'it went on without a reload');
  await page.click('nav a[href="/validators"]');
  await page.getByRole('heading', { level: 1, name: 'Validators' }).waitFor();
  await page.context().close();
});
