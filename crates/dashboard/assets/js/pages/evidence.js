// Evidence of misbehaviour, and its senders.

import { address, block, chip, commands, hash, heading, pager, panel, table, tag, time, word } from '../bits.js';
import { evidence as pageCommands } from '../commands.js';
import { all, h } from '../dom.js';
import { grouped } from '../format.js';

const MATTERS = new Set(['evidence', 'removed', 'slashed']);

export const title = () => 'Evidence';
export const concerns = (event) => MATTERS.has(event.kind);

export async function load({ query }, get) {
  const { chain, before_lt, after } = query;
  const [evidence, removed] = await Promise.all([
    get(['evidence'], { limit: 50, chain, before_lt }),
    get(['removed'], { limit: 50, after }),
  ]);
  return { evidence, removed };
}

export function draw({ evidence, removed }, { query }) {
  return all(
    heading('Evidence', { about: 'Validators accused of signing two votes in one round, and those removed and slashed for it.' }),
    panel('Evidence that was brought', h('div', null, table('Evidence', [
      { title: 'Brought', cell: (row) => [block(row.at), ' ', time(row.at.time_ms)] },
      { title: 'By', wide: true, cell: (row) => address(row.from) },
      { title: 'Against', cell: (row) => (row.root ? address(row.root, { to: 'validator' }) : hash(row.key)) },
      { title: 'Key', wide: true, cell: (row) => hash(row.key) },
      { title: 'Votes', wide: true, cell: (row) => h('span', { class: 'nowrap' }, chip(row.votes_chain), ` height ${grouped(row.height)}, round ${row.round}`) },
      { title: 'Outcome', cell: (row) => (row.is_accepted ? tag('accepted', 'good') : [tag('refused', 'bad'), ' ', word(row.exit_code)]) },
    ], evidence.items, { none: 'No evidence was submitted. Anyone may submit it: two signatures of one key on different votes of ours in the same round are enough. Nodes of Tycho sign no such votes, so there no validator is punished for signing twice.' }), pager(evidence.next, !query.before_lt))),
    panel('Permanently removed', h('div', null, table('Removed validators', [
      { title: 'Validator', cell: (row) => address(row.root, { to: 'validator' }) },
      { title: 'Owner', wide: true, cell: (row) => (row.owner ? address(row.owner) : '') },
      { title: 'Key', wide: true, cell: (row) => hash(row.key) },
      { title: 'By batch', cell: (row) => h('span', { class: 'nowrap' }, chip(row.origin, { plain: true }), ' ', h('a', { href: `/batch/${row.origin}/${row.batch}` }, row.batch)) },
      { title: 'Applied', cell: (row) => time(row.at.time_ms) },
    ], removed.items, { key: (row) => row.key, none: 'No validator was removed.' }), pager(removed.next, !query.after))),
    commands(pageCommands()));
}
