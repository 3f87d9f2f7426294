// Runs every command that a page shows verbatim, and checks that it does what the page describes.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch } from './chromium.mjs';
import { Devnet, until } from './network.mjs';
import { places } from './places.mjs';
import { Shell } from './shell.mjs';

const COIN = 1_000_000_000n;
let devnet;
let browser;
let shell;
/** Commands by their text: `{ what, pages }`. */
const commands = new Map();
let pool;

before(async () => {
  // a stake may leave one second after its lock
  [devnet, browser] = await Promise.all([Devnet.start('--unlock-period', '3'), launch()]);
  shell = new Shell(devnet);
  await devnet.person('elsa', 300_000);
  pool = (await devnet.get('/api/v1/pools')).items.find((own) => own.chain === 0);
  await devnet.ddvs('wallet', 'create', '5000');
  await devnet.ddvs('wallet', 'stake', '1000', '--pool', pool.address);
});

after(async () => {
  await browser?.close();
  await devnet?.close();
});

/** Elsa's row among the stakers of the pool: all others' coins are the owner's. */
async function staker() {
  const { items } = await devnet.get(`/api/v1/pools/${pool.address}/stakers`);
  return items.find((row) => row.owner !== pool.owner);
}

/** Runs the commands of all pages that `wanted` accepts, and returns the failures. */
async function walk(wanted, isRight) {
  const wrong = [];
  let count = 0;
  for (const [command, { what, pages }] of commands) {
    if (!wanted(command)) continue;
    count++;
    const said = await shell.run(command);
    const complaint = isRight(said);
    if (complaint) wrong.push(`${pages.join(', ')}, ${what}: ${command}\n  ${complaint}; it ended with ${said.code}\n${said.out.slice(-1_500)}\n${said.err.slice(-1_500)}`);
  }
  assert.deepEqual(wrong, [], wrong.join('\n\n'));
  return count;
}

const ACTIONS = /^ddvs (wallet|validator create|evidence)/;

test('every page shows commands, and copies what it shows', async () => {
  const found = await places(devnet.url);
  const more = {
    staker: `/account/${(await staker()).owner}`,
    'batches-1': '/batches?origin=1',
    'events-some': `/events?kinds=stake,lock&account=${pool.address}&chain=0`,
    'search-odd': `/search?q=${encodeURIComponent("it's $(a) `test`")}`,
  };
  const page = await browser.page();
  for (const [name, path] of Object.entries({ ...found, ...more })) {
    await page.goto(devnet.url + path);
    const rows = page.locator('main .commands li');
    await rows.first().waitFor({ state: 'attached' });
    const shown = await rows.evaluateAll((all) => all.map((row) => [row.querySelector('span').textContent, row.querySelector('code').textContent, row.querySelector('[data-copy]').dataset.copy]));
    for (const [what, text, copied] of shown) {
      assert.equal(copied, text, name);
      assert.ok(what, name);
      const known = commands.get(text) ?? { what, pages: [] };
      known.pages.push(name);
      commands.set(text, known);
    }
  }
  await page.context().close();
  const first = new Set([...commands.keys()].map((command) => command.split(' ').slice(0, 3).join(' ').replace(/ '.*/, '')));
  for (const kind of ['ddvs query chains', 'ddvs query tx', 'ddvs query message', 'ddvs query wallet', 'ddvs config diff', 'ddvs wallet stake', 'ddvs validator create', 'ddvs evidence submit', 'curl -s', 'curl -sN']) {
    assert.ok(first.has(kind), `some page shows ${kind}`);
  }
});

test('questions over HTTP are answered', async () => {
  const count = await walk((command) => command.startsWith('curl '), ({ command, code, out }) => {
    if (code !== 0) return 'it failed';
    if (command.startsWith('curl -sN')) return /^(id|event|data|:)/m.test(out) ? null : 'it is no stream of events';
    try {
      return JSON.parse(out).error === undefined ? null : 'the API refuses it';
    } catch {
      return 'the answer is not JSON';
    }
  });
  assert.ok(count > 20, `${count} of them`);
});

test('questions on the command line are answered', async () => {
  const count = await walk((command) => command.startsWith('ddvs ') && !ACTIONS.test(command), ({ command, code, out }) => {
    // chains differ at least by their D'Electors, and the exit code reports a difference
    const expected = command.startsWith('ddvs config diff') ? 1 : 0;
    if (code !== expected) return `${expected} was expected`;
    return out.trim() || /query events/.test(command) ? null : 'it says nothing';
  });
  assert.ok(count > 20, `${count} of them`);
});

test('stakes go in and out as the pool’s page says', async () => {
  const before = BigInt((await staker()).position.staked_nano);
  const works = ({ code }) => (code === 0 ? null : 'it does not work');
  assert.ok(await walk((command) => command.startsWith('ddvs wallet stake'), works) > 0);
  const staked = (await staker()).position;
  assert.equal(BigInt(staked.staked_nano) - before, 100n * COIN);
  await until('the end of the lock, by the clock of the network', async () => {
    const { now_ms } = await devnet.get('/api/v1/network');
    return now_ms > (Math.max(...staked.locks.map((part) => part.until)) + 1) * 1_000;
  });
  assert.ok(await walk((command) => command.startsWith('ddvs wallet unstake'), works) > 0);
  assert.equal(BigInt((await staker()).position.staked_nano), before);
});

test('one becomes a validator as the page of validators says', async () => {
  const members = async () => (await devnet.get('/api/v1/chains/0/validators')).members.length;
  const before = await members();
  assert.equal(await walk((command) => command.startsWith('ddvs validator create'), ({ code }) => (code === 0 ? null : 'it does not work')), 1);
  await until('one validator more', async () => (await members()) === before + 1);
});

test('evidence is checked and brought as the page of evidence says', async () => {
  const key = await devnet.sinned(3, join(shell.directory, 'FILE'));
  const works = ({ code }) => (code === 0 ? null : 'it does not work');
  assert.equal(await walk((command) => command.startsWith('ddvs evidence verify'), works), 1);
  assert.equal(await walk((command) => command.startsWith('ddvs evidence submit'), works), 1);
  const removed = await devnet.get('/api/v1/removed');
  assert.ok(removed.items.some((row) => row.key === key));
});
