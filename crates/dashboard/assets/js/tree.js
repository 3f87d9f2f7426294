// A message and everything that it caused, on all chains.

import { address, chip, colour, money, operation, tag, word } from './bits.js';
import { h } from './dom.js';
import { short, span } from './format.js';

const MAX_SHOWN = 150;
const MAX_DEPTH = 12;

const NOW = {
  executed: null, left: 'left the network', dropped: 'dropped', returned: 'sent back',
  in_queue: 'waits in the queue', in_transit: 'on its way', unknown: 'not known yet',
};

/** Orders the nodes of a tree for reading: each before its effects. */
function ordered(nodes) {
  const children = new Map();
  nodes.forEach((node, index) => {
    if (node.parent !== null) children.set(node.parent, [...(children.get(node.parent) ?? []), index]);
  });
  const out = [];
  const open = nodes.length ? [[0, 0]] : [];
  while (open.length && out.length < MAX_SHOWN) {
    const [index, depth] = open.pop();
    out.push({ node: nodes[index], depth });
    for (const child of (children.get(index) ?? []).toReversed()) open.push([child, depth + 1]);
  }
  return out;
}

/** The tree as a list. `here` is the hash of the message that the page is about. */
export function tree(body, here) {
  const rows = ordered(body.nodes);
  const times = body.nodes.flatMap((node) => (node.caused ? [node.caused.at.time_ms] : []));
  const begin = Math.min(...times);
  const length = Math.max(Math.max(...times) - begin, 1);
  const place = (ms) => (ms - begin) / length;

  const line = ({ node, depth }) => {
    const { message, caused, now } = node;
    const chain = message?.destination ? Number(message.destination.split(':')[0]) : caused?.at.chain ?? message?.source?.split(':')[0] ?? -1;
    const failed = now.status === 'dropped' || now.status === 'returned' || (caused && !caused.is_success);
    const parent = node.parent === null ? null : body.nodes[node.parent].caused;
    const from = place(parent?.at.time_ms ?? caused?.at.time_ms ?? begin);
    const until = caused ? place(caused.at.time_ms) : 1;
    const name = message?.is_bounced ? 'Bounce' : operation(message?.op, message ? (message.source ? 'Transfer' : 'External message') : 'Message');
    const style = { '--depth': String(Math.min(depth, MAX_DEPTH)) };
    const what = [
      message?.source ? [address(message.source), ' → '] : null,
      message?.destination ? address(message.destination) : h('span', { class: 'soft' }, message ? 'outside' : ''),
    ];
    return h('li', { class: `${colour(Number(chain))}${node.hash === here ? ' here' : ''}`, 'data-state': failed ? 'bad' : caused || now.status === 'left' ? 'done' : 'open', 'data-key': node.hash },
      h('span', { class: 'step', style },
        h('a', { href: caused ? `/tx/${caused.hash}` : `/message/${node.hash}`, title: short(node.hash, 12, 8) }, h('strong', null, name)),
        caused && !caused.is_success && caused.exit_code ? h('span', { class: 'bad' }, word(caused.exit_code)) : null,
        NOW[now.status] ? tag(NOW[now.status], failed ? 'bad' : 'warn') : null),
      h('span', { class: 'what' }, chip(Number(chain)), ' ', what),
      h('span', { class: 'num' }, message && message.value_nano !== '0' ? money(message.value_nano) : '', ' ', h('span', { class: 'soft' }, caused ? `+${span((caused.at.time_ms - begin) / 1000)}` : '')),
      h('span', { class: 'track', 'aria-hidden': 'true', style: { '--from': `${(from * 94).toFixed(1)}%`, '--long': `${(Math.max(until - from, 0) * 94).toFixed(1)}%` } }, h('span')));
  };
  const hidden = body.nodes.length - rows.length;
  return h('div', null, h('ol', { class: 'story', 'aria-label': 'Messages, each before those that it caused' }, rows.map(line)),
    hidden > 0 || body.is_cut ? h('p', { class: 'empty' }, `${hidden > 0 ? hidden : 'More'} further messages are not shown.`) : null);
}

/** A short description of a tree. */
export function summary(body) {
  const chains = new Set(body.nodes.flatMap((node) => (node.caused ? [node.caused.at.chain] : [])));
  const times = body.nodes.flatMap((node) => (node.caused ? [node.caused.at.time_ms] : []));
  const took = times.length > 1 ? `, ${span((Math.max(...times) - Math.min(...times)) / 1000)}` : '';
  const where = chains.size === 1 ? 'one chain' : `${chains.size} chains`;
  return `${body.nodes.length === 1 ? 'one message' : `${body.nodes.length} messages`} on ${where}${took}${body.is_settled ? '' : ', still going on'}`;
}
