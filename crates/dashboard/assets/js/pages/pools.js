// All pools, those that count most first.

import { address, chip, commands, hash, heading, money, pager, panel, standing, table } from '../bits.js';
import { pools as told } from '../commands.js';
import { all, h } from '../dom.js';
import { span } from '../format.js';

const MATTERS = new Set(['set_changed', 'pool_opened', 'lock', 'counted', 'unlock', 'slashed', 'removed', 'pool_closed', 'key_registered']);

export const title = () => 'Pools';
export const concerns = (event) => MATTERS.has(event.kind);
export const pause_ms = 1_500;

export function load({ query }, get) {
  const { after, after_nano, owner } = query;
  return get(['pools'], { limit: 50, after, after_nano, owner });
}

export function draw(pools, { query }) {
  return all(
    heading('Pools'),
    panel('Pools', h('div', null, table('Pools', [
      { title: 'Pool', cell: (row) => address(row.address, { to: 'pool' }) },
      { title: 'Chain', wide: true, cell: (row) => chip(row.chain) },
      { title: 'Standing', cell: standing },
      { title: 'Counts', num: true, cell: (row) => money(row.counted_nano) },
      { title: 'Staked by owner', num: true, wide: true, cell: (row) => money(row.owner_active_nano) },
      { title: 'By others', num: true, wide: true, cell: (row) => money(row.users_active_nano) },
      { title: 'Lock, unlock', wide: true, cell: (row) => `${span(row.lock_period_s)}, ${span(row.unlock_period_s)}` },
      { title: 'Key', wide: true, cell: (row) => (row.key ? hash(row.key) : '') },
    ], pools.items, { key: (row) => row.address }), pager(pools.next, !query.after)), { key: 'pools', note: 'one for each validator; what counts is what the D’Elector has agreed to' }),
    commands(told()));
}
