// All events.

import { address, commands, empty, heading, pager, panel } from '../bits.js';
import { events as pageCommands } from '../commands.js';
import { all, h } from '../dom.js';
import { chainName, words } from '../format.js';
import { KINDS, stream } from '../words.js';

export const title = () => 'Events';
/** The newest page is updated with new events. */
export const concerns = (event, { query }) => query.before === undefined;
export const pause_ms = 500;

export function load({ query }, get) {
  const { before, kinds, chain, account } = query;
  return get(['events'], { limit: 100, before, kinds, chain, account });
}

export function draw(events, { query }) {
  const pick = (kind) => h('option', { value: kind ?? '', selected: (query.kinds ?? '') === (kind ?? '') }, kind ? words(kind) : 'all kinds');
  const kept = ['account', 'chain'].filter((name) => query[name] !== undefined);
  const of = [query.account && [' of ', address(query.account)], query.chain && ` on ${chainName(Number(query.chain))}`].filter(Boolean);
  return all(
    heading('Events', { about: 'Events of stakes, batches and validator sets, the newest first.' }),
    h('form', { class: 'pick', action: '/events', 'data-key': 'pick' }, h('label', { for: 'kinds' }, 'Kind of event'), ' ',
      h('select', { id: 'kinds', name: 'kinds' }, pick(null), KINDS.map(pick)), ' ',
      kept.map((name) => h('input', { type: 'hidden', name, value: query[name] })),
      h('button', { type: 'submit' }, 'Show'),
      of.length > 0 && h('span', null, 'only those', of, ', ', h('a', { href: '/events' }, 'show all'))),
    panel(query.before === undefined ? 'The newest' : 'Before', h('div', null,
      events.items.length ? stream(events.items) : empty('Nothing.'), pager(events.next, query.before === undefined)), { key: 'events' }),
    commands(pageCommands(query)));
}
