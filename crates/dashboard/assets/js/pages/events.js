// All that happened.

import { commands, empty, heading, pager, panel } from '../bits.js';
import { events as told } from '../commands.js';
import { all, h } from '../dom.js';
import { words } from '../format.js';
import { KINDS, stream } from '../words.js';

export const title = () => 'Events';
/** The newest page follows what happens. */
export const concerns = (event, { query }) => query.before === undefined;
export const pause_ms = 500;

export function load({ query }, get) {
  const { before, kinds, chain, account } = query;
  return get(['events'], { limit: 100, before, kinds, chain, account });
}

export function draw(events, { query }) {
  const pick = (kind) => h('option', { value: kind ?? '', selected: (query.kinds ?? '') === (kind ?? '') }, kind ? words(kind) : 'all kinds');
  return all(
    heading('Events'),
    h('form', { class: 'pick', action: '/events', 'data-key': 'pick' }, h('label', { for: 'kinds' }, 'Kind of event'), ' ',
      h('select', { id: 'kinds', name: 'kinds' }, pick(null), KINDS.map(pick)), ' ',
      h('button', { type: 'submit' }, 'Show')),
    panel(query.before === undefined ? 'The newest' : 'Before', h('div', null,
      events.items.length ? stream(events.items) : empty('Nothing.'), pager(events.next, query.before === undefined)), { key: 'events' }),
    commands(told()));
}
