// A pool: its stakers and terms.

import { address, chip, commands, facts, hash, heading, locks, longWord, money, pager, panel, standing, sum, sums, table } from '../bits.js';
import { pool as pageCommands } from '../commands.js';
import { all, h } from '../dom.js';
import { chainName, percent, share, span } from '../format.js';
import { stream } from '../words.js';

export const title = ({ address: text }) => `Pool ${text.slice(0, 10)}`;
export const concerns = (event, params, { pool }) => [event.account, event.root].includes(pool.address) || event.kind === 'set_changed';

export async function load({ address: text, query }, get) {
  const [pool, stakers, events] = await Promise.all([
    get(['pools', text]),
    get(['pools', text, 'stakers'], { limit: 50, after: query.after }),
    get(['events'], { account: text, limit: 15 }),
  ]);
  return { pool, stakers, events };
}

const plus = (...nanos) => nanos.reduce((sum, nano) => sum + BigInt(nano), 0n);

/** The pages of a Root. */
export function rootTabs(id, here) {
  return [['validator', 'Validator'], ['pool', 'Pool'], ['account', 'Account']].map(([page, name]) =>
    h('a', { href: `/${page}/${id}`, 'aria-current': page === here ? 'page' : null }, name));
}

/** A Root's state as pairs of name and value. */
export function poolFacts(pool) {
  const price = (fraction) => fraction && [percent(share(fraction.numerator_nano, fraction.denominator_nano), 2), ' of what it was before the slash'];
  return [
    ['Owner', address(pool.owner, { whole: true })],
    ['Chain', [chip(pool.chain), ' ', chainName(pool.chain)]],
    ['Key', pool.key ? hash(pool.key, { whole: true, what: 'key' }) : 'none counts'],
    pool.next_key && ['Next key', hash(pool.next_key, { whole: true, what: 'key' })],
    ['Counts', [money(pool.counted_nano, { whole: true }), ' coins']],
    pool.asked_nano && ['Asked to count', [money(pool.asked_nano, { whole: true }), ' coins, not answered yet']],
    pool.last_reason && ['Last refusal', longWord(pool.last_reason)],
    pool.owner_price && ['A coin of the owner', price(pool.owner_price)],
    pool.users_price && ['A coin of all others', price(pool.users_price)],
    ['A stake is locked for', span(pool.lock_period_s)],
    ['An unstake takes', span(pool.unlock_period_s)],
    ['Smallest stake', [money(pool.min_stake_nano, { whole: true }), ' coins']],
    ['For its storage', [money(pool.balance_nano, { whole: true }), ' coins']],
    ['Nonce', pool.nonce],
  ];
}

export function draw({ pool, stakers, events }, { query }) {
  const active = plus(pool.owner_active_nano, pool.users_active_nano);
  const total = plus(active, pool.owner_unlocking_nano, pool.users_unlocking_nano);
  return all(
    heading('Pool', { about: 'A validator’s pool: its stakers and terms, and the stake that counts.', id: pool.address, tags: [chip(pool.chain), ' ', standing(pool)], tabs: rootTabs(pool.address, 'pool') }),
    sums([
      ['Staked', sum(active)],
      ['By its owner', sum(pool.owner_active_nano)],
      ['By others', sum(pool.users_active_nano)],
      ['Leaving', sum(plus(pool.owner_unlocking_nano, pool.users_unlocking_nano))],
      ['Counts', sum(pool.counted_nano)],
    ]),
    h('div', { class: 'cols' },
      h('div', null,
        panel('Stakers', h('div', null, table('Stakers', [
          { title: 'Owner', cell: (row) => (row.owner ? address(row.owner) : h('span', { class: 'soft' }, 'unknown')) },
          { title: 'Wallet', wide: true, cell: (row) => address(row.wallet) },
          { title: 'Staked', num: true, cell: (row) => money(row.position.staked_nano) },
          { title: 'Leaving', num: true, cell: (row) => money(plus(row.position.leaving_nano, row.position.releasing_nano, ...row.position.unlocking.map((part) => part.amount_nano))) },
          { title: 'Lock', wide: true, cell: (row) => locks(row.position) },
          { title: 'Share', num: true, cell: (row) => percent(share(row.position.total_nano, total)) },
        ], stakers.items, { key: (row) => row.wallet, none: 'No coins are staked.' }), pager(stakers.next, !query.after)), { note: 'all coins stay in their owners’ wallets' }),
        panel('In words', facts(poolFacts(pool)))),
      panel('Events', stream(events.items), {
        key: 'happened', note: events.items.length ? null : 'nothing lately', more: events.next && h('a', { href: `/events?account=${pool.address}` }, 'All of it'),
      })),
    commands(pageCommands(pool.address)));
}
