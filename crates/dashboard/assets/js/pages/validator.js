// A validator: its weight, stakers and history.

import { address, block, chip, commands, facts, hash, heading, money, panel, standing, sum, sums, table, tag, time, weights } from '../bits.js';
import { stakes } from '../chart.js';
import { validator as pageCommands } from '../commands.js';
import { all, h } from '../dom.js';
import { chainName, percent, share, weightNano } from '../format.js';
import { live } from '../live.js';
import { stream } from '../words.js';
import { rootTabs } from './pool.js';

export const title = ({ address: text }) => `Validator ${text.slice(0, 10)}`;
export const concerns = (event, params, { pool }) => event.kind === 'set_changed' || (pool && [event.account, event.root].includes(pool.address));

export async function load({ address: text }, get) {
  const { hits } = await get(['search'], { q: text });
  const key = hits.find((hit) => hit.kind === 'key');
  const root = key ? key.root : hits.find((hit) => hit.kind === 'pool')?.id;
  const owner = hits.find((hit) => hit.kind === 'owner')?.id;
  if (!root && !owner) return { pool: null };
  const pools = owner ? (await get(['pools'], { owner })).items : [];
  const pool = root ? await get(['pools', root]) : pools[0];
  const { chain } = pool;
  const inSet = (set) => set.members.find((member) => member.key === pool.key);
  const [own, main, stakers, events, history] = await Promise.all([
    get(['chains', chain, 'validators']),
    get(['chains', -1, 'validators']),
    get(['pools', pool.address, 'stakers'], { limit: 20 }),
    get(['events'], { account: pool.address, limit: 15 }),
    pool.key ? get(['chains', chain, 'validators', pool.key, 'history'], { limit: 50 }) : { items: [] },
  ]);
  return { pool, pools, own, main, stakers, events, history, member: inSet(own), mainMember: inSet(main) };
}

export function draw(data) {
  const { pool, pools, own, main, stakers, events, history, member, mainMember } = data;
  if (!pool) return all(heading('No validator', { about: 'A validator is found by its pool’s address, its owner, or its key.' }), panel('Not found', h('p', { class: 'empty' }, 'No pool has this address, owner or key.')));
  const weight = (found, set) => (found ? [money(weightNano(found.weight)), ' ', h('small', null, percent(share(found.weight, set.total_weight), 2))] : h('span', { class: 'soft' }, 'not in it'));
  const points = history.items.toReversed().map((point) => ({ ...point, total_weight: point.weight }));
  const newest = live.heads.get(pool.chain)?.at(-1)?.time_ms ?? live.network?.now_ms ?? 0;
  return all(
    heading('Validator', { about: 'A validator: its weight in the sets, its stakers, and its history.', id: pool.address, tags: [chip(pool.chain), ' ', standing(pool)], tabs: rootTabs(pool.address, 'validator') }),
    sums([
      [`In ${chainName(pool.chain)}`, weight(member, own)],
      ['In the masterchain', weight(mainMember, main)],
      ['Own stake', sum(pool.owner_active_nano)],
      ['Others’ stake', sum(pool.users_active_nano)],
    ]),
    pool.standing === 'removed' && panel('Removed for misbehaviour', h('p', { class: 'empty' }, 'Its key signed two different votes in one round. It is out of all sets for good, and part of its coins is lost. ', h('a', { href: '/evidence' }, 'Evidence'))),
    pools?.length > 1 && panel('Other pools of this owner', table('Pools', [
      { title: 'Pool', cell: (row) => address(row.address, { to: 'validator' }) },
      { title: 'Chain', cell: (row) => chip(row.chain) },
      { title: 'Standing', cell: standing },
    ], pools.filter((row) => row.address !== pool.address))),
    h('div', { class: 'cols' },
      h('div', null,
        panel('Validator', facts([
          ['Key', pool.key ? hash(pool.key, { whole: true, what: 'key' }) : 'none counts'],
          ['Owner', address(pool.owner, { whole: true })],
          ['Place in the set', h('div', { class: 'body-bar' }, weights(own, { highlighted: pool.key }))],
          ['Counts', [money(pool.counted_nano, { whole: true }), ' coins']],
        ]), { key: 'validator' }),
        panel('Stakers', table('Stakers', [
          { title: 'Owner', cell: (row) => (row.owner ? [address(row.owner), ' ', row.owner === pool.owner ? tag('its owner') : ''] : '') },
          { title: 'Staked', num: true, cell: (row) => money(row.position.staked_nano) },
          { title: 'In all', num: true, cell: (row) => money(row.position.total_nano) },
        ], stakers.items, { key: (row) => row.wallet, none: 'No coins are staked.' }), { more: h('a', { href: `/pool/${pool.address}` }, 'The whole pool') }),
        points.length > 0 && panel('Weight over time', h('div', null,
          points.length > 1 && h('div', { class: 'body' }, stakes([{ chain: pool.chain, points }], newest, 'weight')),
          table('Changes of its weight', [
            { title: 'Since block', cell: (row) => block(row.since) },
            { title: 'Time', cell: (row) => time(row.since.time_ms) },
            { title: 'Weight', num: true, cell: (row) => (row.weight ? money(weightNano(row.weight)) : 'left') },
            { title: 'Share', num: true, cell: (row) => percent(share(row.weight, row.total_weight)) },
          ], history.items, { key: (row) => `h${row.since.block}` })), { note: `of its key in ${chainName(pool.chain)}` })),
      panel('Events', stream(events.items), {
        key: 'happened', note: events.items.length ? null : 'nothing lately', more: events.next && h('a', { href: `/events?account=${pool.address}` }, 'All of it'),
      })),
    commands(pageCommands(pool)));
}
