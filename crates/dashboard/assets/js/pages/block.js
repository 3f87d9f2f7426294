// A block and its transactions.

import { address, block as blockLink, chip, commands, facts, hash, heading, money, operation, pager, panel, table, tag, time, word } from '../bits.js';
import { block as pageCommands } from '../commands.js';
import { all, h } from '../dom.js';
import { chainName, count, grouped } from '../format.js';

export const title = ({ chain, block }) => `Block ${block} of ${chainName(Number(chain))}`;
/** A block does not change; the link to the next one works once its chain has made it. */
export const concerns = () => false;

export async function load({ chain, block, query }, get) {
  const { after_lt, after_account } = query;
  const [own, transactions] = await Promise.all([
    get(['chains', chain, 'blocks', block]),
    get(['chains', chain, 'blocks', block, 'transactions'], { after_lt, after_account }),
  ]);
  return { own, transactions };
}

export function draw({ own, transactions }, { query }) {
  const { chain } = own;
  const near = (number, text) => h('a', { href: `/block/${chain}/${number}` }, text);
  return all(
    heading(`Block ${grouped(own.block)}`, { id: own.hash, what: 'hash', about: `What ${chainName(chain)} did at this height: its transactions, and what they cost.`, tags: [chip(chain), ' ', own.is_key ? tag('key block', 'good') : null] }),
    panel('Block', facts([
      ['Chain', [chip(chain), ' ', chainName(chain)]],
      ['Time', time(own.time_ms, { whole: true })],
      ['Neighbours', [own.block > 1 ? [near(own.block - 1, 'the one before'), ', '] : '', near(own.block + 1, 'the next one')]],
      ['Transactions', `${count(own.transactions, 'transaction')}, ${count(own.imported, 'message')} imported`],
      own.dropped > 0 && ['Dropped', count(own.dropped, 'external message')],
      own.returned > 0 && ['Sent back', count(own.returned, 'message')],
      ['Gas', grouped(own.gas_used)],
      ['Fees', [money(own.fees_nano, { whole: true }), ' coins']],
      ['Logical time', `${own.start_lt} to ${own.end_lt}`],
      ['Validator set', hash(own.set_hash)],
      own.shards.length > 0 && ['Workchains by then', h('span', null, own.shards.map((shard, index) => [index ? ', ' : '', blockLink(shard)]))],
      own.config_rejected && ['Config rejected', h('span', { class: 'bad' }, own.config_rejected)],
    ]), { key: 'block' }),
    panel('Transactions', h('div', null, transactionTable(transactions.items, { withBlock: false }), pager(transactions.next, !query.after_lt))),
    commands(pageCommands(chain, own.block)));
}

/** Transactions as a table; other pages show it too. */
export function transactionTable(rows, { withBlock = true, withAccount = true } = {}) {
  return table('Transactions', [
    { title: 'Transaction', wide: true, cell: (row) => hash(row.hash, { to: 'tx' }) },
    withBlock && { title: 'Block', wide: true, cell: (row) => blockLink(row.at) },
    withBlock && { title: 'Time', cell: (row) => time(row.at.time_ms) },
    withAccount && { title: 'Account', cell: (row) => address(row.account) },
    { title: 'Message', cell: (row) => h('a', { href: `/tx/${row.hash}` }, operation(row.op)) },
    { title: 'Result', cell: result },
    { title: 'Gas', num: true, wide: true, cell: (row) => grouped(row.gas_used) },
    { title: 'Fees', num: true, wide: true, cell: (row) => money(row.fees_nano) },
  ].filter(Boolean), rows, { key: (row) => row.hash, none: 'No transactions.' });
}

/** The outcome of a transaction. */
export function result(row) {
  if (row.is_success) return h('span', { class: 'good' }, 'done');
  if (row.exit_code) return h('span', { class: 'bad' }, word(row.exit_code));
  return h('span', { class: row.is_bounced ? 'bad' : 'soft' }, row.is_bounced ? 'sent back' : 'no code ran');
}
