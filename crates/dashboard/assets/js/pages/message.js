// A message: where it is now, and everything that it caused.

import { address, block, commands, facts, hash, heading, longWord, money, nameOf, operation, panel, tag } from '../bits.js';
import { message as pageCommands } from '../commands.js';
import { all } from '../dom.js';
import { chainName, moment } from '../format.js';
import { summary, tree as drawTree } from '../tree.js';

export const title = ({ hash: text }) => `Message ${text.slice(0, 8)}`;
export const concerns = (event, params, { tree }) => !tree?.is_settled;

export async function load({ hash: text }, get) {
  const [own, tree] = await Promise.all([get(['messages', text]), get(['messages', text, 'tree'])]);
  return { own, tree };
}

const NOW = {
  executed: ['executed', 'good'], left: ['left the network', 'good'], dropped: ['dropped', 'bad'], returned: ['sent back', 'bad'],
  in_queue: ['waits in the queue', 'warn'], in_transit: ['on its way', 'warn'], unknown: ['not known yet', 'warn'],
};

export function draw({ own, tree }) {
  const { message, now, sent_by, caused } = own;
  const root = tree.nodes[0];
  return all(
    heading(message?.op ? nameOf(message.op) : 'Message', { about: 'One message: its current place, and all messages that it caused, on any chain.', id: root.hash, what: 'hash', tags: tag(...NOW[now.status]) }),
    panel('Message', facts([
      ['Now', [NOW[now.status][0], now.from_chain !== undefined && now.to_chain !== undefined && now.from_chain !== now.to_chain ? `, from ${chainName(now.from_chain)} to ${chainName(now.to_chain)}` : '']],
      now.available_at_ms && ['May be imported from', moment(now.available_at_ms)],
      now.exit_code && ['Not accepted', longWord(now.exit_code)],
      now.note && ['Why', now.note],
      now.returned_as && ['Sent back as', hash(now.returned_as, { to: 'message' })],
      message && ['From', message.source ? address(message.source, { whole: true }) : 'outside'],
      message && ['To', message.destination ? address(message.destination, { whole: true }) : now.status === 'returned' ? 'an address that no account can have' : 'outside'],
      message?.source && ['Value', [money(message.value_nano, { whole: true }), ' coins']],
      message?.op && ['Operation', operation(message.op)],
      sent_by && ['Sent by', [hash(sent_by.hash, { to: 'tx' }), ' in block ', block(sent_by.at)]],
      caused && ['Caused', [hash(caused.hash, { to: 'tx' }), ' in block ', block(caused.at)]],
    ]), { key: 'message' }),
    panel('Caused messages', drawTree(tree, root.hash), { note: summary(tree) }),
    commands(pageCommands(root.hash)));
}
