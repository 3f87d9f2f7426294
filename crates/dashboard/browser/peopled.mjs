// A devnet with an example of everything that pages show: a stake, batches, a removal.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { launch } from './chromium.mjs';
import { Devnet } from './network.mjs';
import { places } from './places.mjs';
import { open as openUrl } from './visit.mjs';

/** The devnet, a browser, one path of every kind of page, and a function that opens a path. All are closed after the file's tests. */
export async function peopled() {
  const [devnet, browser] = await Promise.all([Devnet.start(), launch()]);
  after(async () => {
    await browser.close();
    await devnet.close();
  });
  await devnet.person('carla', 200_000);
  await devnet.person('dmitri', 1_000);
  const pools = await devnet.get('/api/v1/pools');
  const pool = pools.items.find((own) => own.chain === 1).address;
  await devnet.ddvs('wallet', 'create', '50000', '--key', 'carla');
  await devnet.ddvs('wallet', 'stake', '20000', '--pool', pool, '--key', 'carla');
  await devnet.accuse(3, 'dmitri');
  const found = await places(devnet.url);
  for (const name of ['wallet', 'batch', 'tx', 'message']) assert.ok(found[name], `there is a ${name} to look at`);
  const open = (page, path) => openUrl(page, devnet.url + path);
  return { devnet, browser, found, open };
}
