// All pools by counted stake, the largest first; open ones, and separately closed or removed ones.

import { address, chip, commands, hash, heading, money, pager, panel, standing, table } from '../bits.js';
import { pools as pageCommands } from '../commands.js';
import { all, h } from '../dom.js';
import { chainName, span } from '../format.js';
import { live } from '../live.js';
import { names } from '../names.js';

const MATTERS = new Set(['set_changed', 'pool_opened', 'lock', 'counted', 'unlock', 'slashed', 'removed', 'pool_closed', 'key_registered']);
const OPEN = ['validating', 'waiting', 'idle'];
const GONE = ['closed', 'removed'];

export const title = ({ query }) => (query.of === 'gone' ? 'Closed and removed pools' : 'Pools');
export const concerns = (event) => MATTERS.has(event.kind);
export const pause_ms = 1_500;

/** Query of the API: the statuses that the reader chose, otherwise those of the view. */
function asked({ of, standing: one, chain, owner }) {
  if (owner) return { owner };
  const view = of === 'gone' ? GONE : OPEN;
  return { chain, standing: view.includes(one) ? one : view.join(',') };
}

export function load({ query }, get) {
  const { after, after_nano } = query;
  return get(['pools'], { limit: 50, after, after_nano, ...asked(query) });
}

export function draw(pools, { query }) {
  const isGone = query.of === 'gone';
  const view = isGone ? GONE : OPEN;
  const option = (value, text, chosen) => h('option', { value, selected: (chosen ?? '') === value }, text);
  const choice = (href, name, is) => h('a', { href, 'aria-current': is ? 'page' : null }, name);
  const chains = (live.network?.chains ?? []).filter((chain) => chain >= 0);
  return all(
    heading('Pools', {
      about: isGone ? 'Pools that no longer accept stakes: closed by their owners, or removed for misbehaviour. Remaining stakes can still be withdrawn.' : 'Pools that accept stakes, one for each validator. What counts is what the chains have agreed to; coins stay in their owners’ wallets.',
      tabs: [choice('/pools', 'Open', !isGone), choice('/pools?of=gone', 'Closed and removed', isGone)],
    }),
    query.owner ? h('p', { class: 'soft under' }, 'Only those of ', address(query.owner), '. ', h('a', { href: '/pools' }, 'Show all')) : h('form', { class: 'pick', action: '/pools', 'data-key': 'pick' },
      isGone && h('input', { type: 'hidden', name: 'of', value: 'gone' }),
      h('label', { for: 'standing' }, 'Standing'), ' ',
      h('select', { id: 'standing', name: 'standing' }, option('', 'all', query.standing), view.map((one) => option(one, one, query.standing))), ' ',
      h('label', { for: 'chain' }, 'Chain'), ' ',
      h('select', { id: 'chain', name: 'chain' }, option('', 'all', query.chain), chains.map((chain) => option(String(chain), chainName(chain), query.chain))), ' ',
      h('button', { type: 'submit' }, 'Show')),
    panel(isGone ? 'Closed and removed' : 'Open pools', h('div', null, table('Pools', [
      { title: 'Pool', cell: (row) => address(row.address, { to: 'pool' }) },
      names.size > 0 && { title: 'Address', wide: true, cell: (row) => hash(row.address) },
      { title: 'Chain', wide: true, cell: (row) => chip(row.chain) },
      { title: 'Standing', cell: standing },
      !isGone && { title: 'Counts', num: true, cell: (row) => money(row.counted_nano) },
      { title: 'Staked by owner', num: true, wide: true, cell: (row) => money(row.owner_active_nano) },
      { title: 'By others', num: true, wide: !isGone, cell: (row) => money(row.users_active_nano) },
      { title: 'Lock, unlock', wide: true, cell: (row) => `${span(row.lock_period_s)}, ${span(row.unlock_period_s)}` },
      { title: 'Key', wide: true, cell: (row) => (row.key ? hash(row.key) : '') },
    ].filter(Boolean), pools.items, { key: (row) => row.address, none: pools.next ? 'None among these.' : 'There are none.' }), pager(pools.next, !query.after)), { key: 'pools' }),
    commands(pageCommands(asked(query))));
}
