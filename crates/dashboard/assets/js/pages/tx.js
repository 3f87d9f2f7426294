// A transaction, its causes and its effects.

import { address, block, chip, commands, facts, hash, heading, longWord, money, nameOf, operation, panel, tag, time } from '../bits.js';
import { tx as pageCommands } from '../commands.js';
import { all, h } from '../dom.js';
import { grouped } from '../format.js';
import { summary, tree as drawTree } from '../tree.js';
import { result } from './block.js';

/** Maximum number of preceding messages that are fetched. */
const MAX_UP = 24;

export const title = ({ hash: text }) => `Transaction ${text.slice(0, 8)}`;
/** Reloads until all effects of the transaction have happened. */
export const concerns = (event, params, { tree }) => !tree?.is_settled;

export async function load({ hash: text }, get, draft) {
  const own = await get(['transactions', text]);
  const [message, tree] = await Promise.all([get(['messages', own.in_message]), get(['messages', own.in_message, 'tree'])]);
  draft({ own, message, tree, up: null });
  const up = [];
  for (let from = message.sent_by; from && up.length < MAX_UP;) {
    up.unshift(from);
    from = (await get(['messages', from.in_message])).sent_by;
  }
  return { own, message, tree, up };
}

export function draw({ own, message, tree, up }) {
  const head = message.message;
  return all(
    heading(own.op ? nameOf(own.op) : 'Transaction', { about: 'One transaction: the received message, its execution, and its effects on all chains.', id: own.hash, what: 'hash', tags: [chip(own.at.chain), ' ', own.is_success ? tag('done', 'good') : tag('failed', 'bad')] }),
    panel('Transaction', facts([
      ['Account', address(own.account, { whole: true })],
      ['Block', [block(own.at), ' at ', time(own.at.time_ms, { whole: true })]],
      ['Logical time', own.lt],
      ['Result', own.exit_code && !own.is_success ? longWord(own.exit_code) : result(own)],
      own.action_code ? ['Action phase', String(own.action_code)] : null,
      own.is_aborted && ['State', 'rolled back'],
      ['Gas', grouped(own.gas_used)],
      ['Fees', [money(own.fees_nano, { whole: true }), ' coins']],
      own.balance_nano && ['Balance afterwards', [money(own.balance_nano, { whole: true }), ' coins']],
      ['Message', hash(own.in_message, { to: 'message', whole: true })],
      head && ['From', head.source ? address(head.source, { whole: true }) : 'outside, signed by the owner'],
      head?.source && ['Value', [money(head.value_nano, { whole: true }), ' coins']],
    ]), { key: 'tx' }),
    up?.length > 0 && panel('Causes', h('ol', { class: 'stream' }, up.map((step) => h('li', null, chip(step.at.chain),
      h('a', { class: 'at', href: `/tx/${step.hash}` }, time(step.at.time_ms)),
      h('span', { class: 'say' }, h('strong', null, operation(step.op)), ' at ', address(step.account))))), {
      more: h('a', { href: `/message/${up[0].in_message}` }, 'The whole tree'),
    }),
    panel('Caused messages', drawTree(tree, own.in_message), { note: summary(tree) }),
    h('details', { class: 'panel' }, h('summary', null, 'Cells'), h('div', { class: 'body' }, h('pre', { tabindex: 0, 'aria-label': 'Bag of cells in base64' }, own.boc))),
    commands(pageCommands(own.hash, own.in_message)));
}
