// An account: its kind, state and history.

import { address, chip, commands, copy, facts, hash, heading, locks, money, pager, panel, standing, table, tag, time } from '../bits.js';
import * as pageCommands from '../commands.js';
import { all, h } from '../dom.js';
import { chainName } from '../format.js';
import { transactionTable } from './block.js';
import { poolFacts, rootTabs } from './pool.js';

const KINDS = { d_elector: "D'Elector & Config", root: 'DePool Root', wallet: 'DePool Wallet', other: 'Account' };

const ABOUT = {
  d_elector: 'The contract that holds a chain’s config and registry, and votes on the others’ batches.', root: 'The contract of a validator’s pool. It counts stakes, and never holds them.',
  wallet: 'The contract in which a user’s coins stay while they are staked.', other: 'An account: what it holds, what it owns, what it did.',
};
const STATUS = { active: 'active', uninit: 'without code', frozen: 'frozen', not_exists: 'not there yet' };

export const title = ({ address: text }) => `Account ${text.slice(0, 10)}`;
export const concerns = (event, params, { account }) => [event.account, event.root, event.owner].includes(account.address);

export async function load({ address: text, query }, get) {
  const [account, transactions] = await Promise.all([
    get(['accounts', text]),
    get(['accounts', text, 'transactions'], { limit: 25, newest_lt: query.newest_lt }),
  ]);
  const own = account.address;
  const [pool, wallet, pools, wallets] = await Promise.all([
    account.kind === 'root' ? get(['pools', own]) : null,
    account.kind === 'wallet' ? get(['wallets', own]) : null,
    account.kind === 'other' ? get(['pools'], { owner: own, limit: 20 }) : null,
    account.kind === 'other' ? get(['wallets'], { owner: own, limit: 20 }) : null,
  ]);
  return { account, transactions, pool, wallet, pools, wallets };
}

export function draw({ account, transactions, pool, wallet, pools, wallets }, { query }) {
  const chain = Number(account.address.split(':')[0]);
  const standard = account.standard_wallet;
  return all(
    heading(KINDS[account.kind], { about: ABOUT[account.kind], id: account.address, tags: [chip(chain), ' ', tag(STATUS[account.status], account.status === 'active' ? 'good' : '')], tabs: pool && rootTabs(account.address, 'account') }),
    panel('Account', facts([
      ['Balance', [money(account.balance_nano, { whole: true }), ' coins']],
      ['Chain', chainName(chain)],
      ['As wallets show it', h('span', null, h('span', { class: 'id' }, account.friendly), ' ', copy(account.friendly, 'address'))],
      account.kind === 'd_elector' && ['Role', ['holds the config and registry of ', h('a', { href: `/chain/${chain}` }, chainName(chain)), ', and votes on the others’ batches']],
      standard && ['Standard wallet', `${standard.kind}, next request has number ${standard.seqno}`],
      account.code_hash && ['Code', hash(account.code_hash, { whole: true })],
      account.last_hash && ['Last transaction', hash(account.last_hash, { to: 'tx' })],
    ]), { key: 'account' }),
    pool && panel('Pool in words', facts(poolFacts(pool)), { key: 'pool' }),
    wallet && walletPanels(wallet),
    pools?.items.length > 0 && panel('Pools that it owns', table('Pools', [
      { title: 'Pool', cell: (row) => address(row.address, { to: 'validator' }) },
      { title: 'Chain', wide: true, cell: (row) => chip(row.chain) },
      { title: 'Standing', cell: standing },
      { title: 'Counts', num: true, cell: (row) => money(row.counted_nano) },
    ], pools.items)),
    wallets?.items.length > 0 && panel('DePool Wallets that it owns', table('Wallets', [
      { title: 'Wallet', cell: (row) => address(row.address) },
      { title: 'Chain', wide: true, cell: (row) => chip(row.chain) },
      { title: 'Held', num: true, cell: (row) => money(row.held_nano) },
      { title: 'Free', num: true, cell: (row) => money(row.free_nano) },
    ], wallets.items)),
    panel('Transactions', h('div', null, transactionTable(transactions.items, { withAccount: false }), pager(transactions.next, !query.newest_lt))),
    commands(wallet ? pageCommands.wallet(account.address) : pool ? pageCommands.pool(account.address) : pageCommands.account(account.address, wallets?.items.length > 0)));
}

/** Coins of a stake with an unanswered request. */
const moving = ({ pending_nano, leaving_nano, releasing_nano }) => BigInt(pending_nano) + BigInt(leaving_nano) + BigInt(releasing_nano);

function walletPanels(wallet) {
  const { positions } = wallet;
  return [
    panel('Wallet in words', facts([
      ['Owner', address(wallet.owner, { whole: true })],
      ['Held for stakes', [money(wallet.held_nano, { whole: true }), ' coins; they stay here, and only a slash can take them']],
      ['Free', [money(wallet.free_nano, { whole: true }), ' coins, to stake or withdraw']],
      ['For its storage', [money(wallet.reserve_nano, { whole: true }), ' coins, for ten years']],
    ]), { key: 'wallet' }),
    panel('Stakes', table('Stakes', [
      { title: 'Pool', cell: (row) => address(row.root, { to: 'pool' }) },
      { title: 'Staked', num: true, cell: (row) => money(row.staked_nano) },
      { title: 'Lock', wide: true, cell: (row) => locks(row) },
      positions.some(moving) && { title: 'Not answered yet', num: true, wide: true, cell: (row) => (moving(row) ? money(moving(row)) : '') },
      { title: 'Unlocking', cell: (row) => row.unlocking.map((part) => h('div', null, money(part.amount_nano), ' at ', time(part.at * 1000))) },
      positions.some((row) => row.is_settled) && { title: 'Slash', wide: true, cell: (row) => (row.is_settled ? 'settled' : '') },
    ].filter(Boolean), positions, { key: (row) => row.root, none: 'No coins are staked.' })),
  ];
}
