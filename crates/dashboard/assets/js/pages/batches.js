// Batches of changes, with their outcomes.

import { changes, chip, commands, heading, outcome, pager, panel, table, time, votes } from '../bits.js';
import { batches as pageCommands } from '../commands.js';
import { all, h } from '../dom.js';
import { chainName, percent, share } from '../format.js';
import { live } from '../live.js';

const MATTERS = new Set(['proposed', 'voted', 'applied', 'taken_back']);

export const title = () => 'Batches';
export const concerns = (event) => MATTERS.has(event.kind);
export const pause_ms = 600;

export function load({ query }, get) {
  return get(['batches'], { limit: 40, origin: query.origin, before: query.before });
}

export function draw(batches, { query }) {
  const chains = (live.network?.chains ?? []).filter((chain) => chain >= 0);
  const choice = (href, name, is) => h('a', { href, 'aria-current': is ? 'page' : null }, name);
  return all(
    heading('Batches', {
      about: 'How the chains agree: changed stakes of one chain travel as a batch, all chains vote by their stake, and more than half decides.',
      tabs: [choice('/batches', 'All chains', query.origin === undefined), chains.map((chain) => choice(`/batches?origin=${chain}`, chainName(chain), query.origin === String(chain)))],
    }),
    panel('Batches', h('div', null, table('Batches', [
      { title: 'Batch', cell: (row) => h('span', { class: 'nowrap' }, chip(row.origin, { plain: true }), ' ', h('a', { href: `/batch/${row.origin}/${row.number}` }, row.number)) },
      { title: 'Proposed', wide: true, cell: (row) => (row.proposed ? time(row.proposed.time_ms) : '') },
      { title: 'Changes', wide: true, cell: (row) => changes(row, 2) },
      { title: 'Yes', num: true, cell: (row) => percent(share(row.yes_nano, row.all_nano)) },
      { title: 'Votes towards a half', cell: votes },
      { title: 'Applied by', num: true, wide: true, cell: (row) => `${row.applied.length}` },
      { title: 'Outcome', cell: outcome },
    ], batches.items, { key: (row) => `${row.origin}-${row.hash}`, none: 'No stake has changed yet.' }), pager(batches.next, !query.before)), {
      key: 'batches', note: 'each changes one chain’s registry as a whole, once more than half of all stake agrees',
    }),
    commands(pageCommands(query.origin)));
}
