// Pages update by themselves: validators that join or are slashed, and a lost connection.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.mjs';
import { Devnet, until } from './network.mjs';

let devnet;
let browser;

before(async () => {
  [devnet, browser] = await Promise.all([Devnet.start('--validators', '3'), launch()]);
});

after(async () => {
  await browser?.close();
  await devnet?.close();
});

/** Marks the document, so that a reload is detected. */
const mark = (page) => page.evaluate(() => { window.isTheSame = true; });
const isTheSame = (page) => page.evaluate(() => window.isTheSame === true);

/** Waits until a page shows something; `probe` gets the page. A timeout reports what it shows instead. */
function shows(page, what, probe) {
  const shown = async () => `${what}, at ${page.url()}, which shows: ${(await page.locator('body').innerText()).slice(0, 1_500)}`;
  return until(shown, () => probe(page));
}

/** Waits until a page has an element of a selector. */
const seen = (page, what, selector) => shows(page, what, () => page.locator(selector).first().isVisible());

/** Waits until a page listens to events. */
const listens = (page) => seen(page, 'a stream that is open', '#link[data-state="open"]');

/** The height of a chain as the overview shows it. */
const heightOf = async (page, chain) => Number((await page.locator(`.lanes [data-chain="${chain}"] .height`).textContent()).replace(/\D/g, ''));

const MEMBERS = 'section[aria-labelledby="p-validators"] tbody tr';

test('heights grow without a reload', async () => {
  const page = await browser.page();
  await page.goto(devnet.url);
  await mark(page);
  for (const chain of [-1, 0, 1]) {
    await seen(page, `chain ${chain}`, `.lanes [data-chain="${chain}"] .height a`);
    const first = await heightOf(page, chain);
    await shows(page, `a height of chain ${chain} above ${first + 3}`, async () => (await heightOf(page, chain)) > first + 3);
  }
  await listens(page);
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
    await listens(page);
    await mark(page);
  }
  const members = () => chain.locator(MEMBERS).count();
  await shows(chain, 'three validators', async () => (await members()) === 3);
  await seen(evidence, 'that nobody was removed', 'main .empty');

  await devnet.ddvs('validator', 'create', '--stake', '110000', '--key', 'anna');
  await shows(chain, 'four validators', async () => (await members()) === 4);
  await shows(overview, 'four validators in the bar of chain 0', async () => (await overview.locator('.lanes [data-chain="0"] .bar > *').count()) === 4);
  for (const kind of ['stake', 'lock', 'proposed', 'voted', 'applied', 'set_changed']) {
    await seen(overview, `an event ${kind}`, `.stream [data-kind="${kind}"]`);
  }
  const batch = overview.locator('.agree [data-batch="0/1"]');
  await shows(overview, 'that batch 1 of chain 0 is applied', async () => (await batch.locator('.tag', { hasText: 'applied' }).count()) === 1);
  const said = await batch.locator('.votes').getAttribute('aria-label');
  assert.ok(parseFloat(said) > 50, said);

  const pools = await devnet.get('/api/v1/pools');
  const key = await devnet.accuse(0, 'boris');
  const accused = pools.items.find((pool) => pool.key === key);
  await seen(evidence, 'who was removed', 'section[aria-labelledby="p-permanently-removed"] tbody tr');
  for (const kind of ['evidence', 'removed', 'slashed']) {
    await seen(overview, `an event ${kind}`, `.stream [data-kind="${kind}"]`);
  }
  await shows(chain, `a set without ${accused.address}`, async () => (await chain.locator(`${MEMBERS} a[href$="${accused.address}"]`).count()) === 0);

  const page = await browser.page();
  await page.goto(`${devnet.url}/validator/${accused.address}`);
  await seen(page, 'that it was removed', 'text=Removed for misbehaviour');
  for (const each of [overview, chain, evidence]) {
    assert.ok(await isTheSame(each), `${each.url()} was loaded again`);
    assert.deepEqual(each.troubles, []);
  }
  await Promise.all([overview, chain, evidence, page].map((each) => each.context().close()));
});

test('a server that is away and comes back is told, and survived', async () => {
  const [page, other] = [await browser.page(), await browser.page()];
  for (const each of [page, other]) {
    await each.goto(`${devnet.url}/`);
    await listens(each);
    await seen(each, 'chain 0', '.lanes [data-chain="0"] .height a');
    await mark(each);
  }
  assert.ok(await page.locator('#banner').isHidden());
  await devnet.end();
  await seen(page, 'the banner', '#banner');
  assert.match(await page.locator('#banner').textContent(), /does not answer/);
  // known data stay, but a page that was not loaded yet cannot be opened
  assert.ok(await page.locator('.lanes [data-chain="0"]').isVisible());
  await other.click('nav a[href="/params"]');
  await seen(other, 'that the page waits', 'main .wait');

  await devnet.begin();
  await shows(page, 'no banner', () => page.locator('#banner').isHidden());
  await listens(page);
  // without --data it is another network with the same seed: heights restart
  await shows(page, 'heights of the new network', async () => {
    const shown = await heightOf(page, 0);
    return shown > 0 && shown <= (await devnet.get('/api/v1/chains/0')).head.block;
  });
  const first = await heightOf(page, 0);
  await shows(page, `a height other than ${first}`, async () => (await heightOf(page, 0)) > first);
  assert.ok(await isTheSame(page), 'it went on without a reload');
  await page.click('nav a[href="/validators"]');
  await seen(page, 'the validators', 'main h1:text-is("Validators")');
  await seen(other, 'the page that waited', 'main h1:text-is("Parameters")');
  await Promise.all([page, other].map((each) => each.context().close()));
});
