// An overview of the network, updated live.

import { changes, chip, colour, commands, empty, money, outcome, panel, sum, sums, time, votes, weights } from '../bits.js';
import { pulse, stakes } from '../chart.js';
import { overview as pageCommands } from '../commands.js';
import { all, h } from '../dom.js';
import { chainName, grouped, percent, share, span } from '../format.js';
import { live } from '../live.js';
import { stream } from '../words.js';

const BATCHES = 5;
const EVENTS = 40;
/** Chains beyond this show neither their bar nor their curve here, only on their own page. */
const MAX_WHOLE = 8;

/** Events that change other parts of the page than the list of events. */
const MATTERS = new Set(['set_changed', 'pool_opened', 'wallet_opened', 'proposed', 'voted', 'applied', 'taken_back', 'removed', 'slashed']);

export const title = () => '';
export const ticks = true;
export const pause_ms = 600;
export const concerns = (event) => MATTERS.has(event.kind);

let seen = Infinity;

export async function load(_, get, draft) {
  const [chains, network, events] = await Promise.all([get(['chains']), get(['network']), get(['events'], { limit: EVENTS })]);
  live.past(events.items);
  live.blocks(chains.flatMap(({ head }) => head ?? []));
  if (seen === Infinity) seen = live.events[0]?.id ?? 0;
  const data = { chains, network, sets: new Map(), curves: null, batches: null };
  draft(data);
  const whole = chains.slice(0, MAX_WHOLE).filter(({ head }) => head);
  const past = whole.filter(({ chain }) => (live.heads.get(chain)?.length ?? 0) < 8);
  const [sets, curves, batches] = await Promise.all([
    Promise.all(whole.map(({ chain }) => get(['chains', chain, 'validators']))),
    Promise.all(whole.map(async ({ chain }) => ({ chain, points: await get(['chains', chain, 'stake'], { points: 120 }) }))),
    get(['batches'], { limit: BATCHES }),
    Promise.all(past.map(async ({ chain }) => live.blocks((await get(['chains', chain, 'blocks'], { limit: 48 })).items))),
  ]);
  return { ...data, sets: new Map(sets.map((set) => [set.chain, set])), curves, batches: batches.items };
}

export function draw({ chains, network, sets, curves, batches }) {
  const registered = chains.reduce((nano, { registry }) => nano + BigInt(registry?.total_nano ?? 0), 0n);
  const validators = chains.filter(({ chain }) => chain >= 0).reduce((most, chain) => most + chain.validators, 0);
  const newest = Math.max(network.now_ms, ...[...live.heads.values()].map((blocks) => blocks.at(-1).time_ms));
  return all(
    h('div', { class: 'head intro' }, h('h1', { class: 'sr', tabindex: -1 }, 'Overview of the network'),
      h('p', { class: 'about' }, h('strong', null, 'ddvs'), ' is proof of stake without elections: every chain keeps all validators’ stakes, the chains agree on each change by vote, and the validator set follows within some blocks. This page shows the network as it happens.')),
    sums([
      ['Stake that counts', sum(registered)],
      ['Validators', grouped(validators)],
      ['Pools', grouped(network.counts.pools)],
      ['Wallets', grouped(network.counts.wallets)],
      ['Transactions', grouped(network.counts.transactions)],
      ['Network time', time(newest)],
    ]),
    lanes(chains, sets),
    h('div', { class: 'cols' },
      h('div', null, agreement(batches), curve(curves, newest)),
      panel('Latest events', live.events.length ? stream(live.events, { since: seen, tall: true }) : empty('Nothing yet.'), { more: h('a', { href: '/events' }, 'All events') })),
    commands(pageCommands()));
}

function lanes(chains, sets) {
  const lane = (row) => {
    const { chain } = row;
    const blocks = live.heads.get(chain) ?? [];
    const last = blocks.at(-1);
    const pace = blocks.length > 1 ? (last.time_ms - blocks[0].time_ms) / (last.block - blocks[0].block) / 1000 : null;
    const set = sets.get(chain);
    const height = last?.block ?? row.head?.block;
    const coins = BigInt(row.total_weight) * 1_000_000_000n;
    return h('li', { 'data-key': `c${chain}`, 'data-chain': chain },
      h('span', { class: 'name' }, chip(chain), h('a', { href: `/chain/${chain}` }, chainName(chain))),
      h('span', { class: 'num height' }, height === undefined ? 'no block' : h('a', { href: `/block/${chain}/${height}` }, h('span', { class: 'sr' }, 'Block '), grouped(height))),
      h('span', { class: 'num' }, pace === null ? '' : span(pace), ' ', h('small', null, 'a block')),
      pulse(chain, blocks),
      set ? weights(set) : h('span', { class: 'bar' }),
      h('span', { class: 'num coins' }, money(coins), ' ', h('small', null, `coins, ${row.validators} validators`)),
      h('span', { class: 'num batch' }, row.registry && chain >= 0 ? h('a', { href: `/batches?origin=${chain}` }, h('span', { class: 'sr' }, 'Batch '), row.registry.batch) : ''));
  };
  const legend = ['Chain', 'Height', 'Block time', 'Transactions', 'Validators by weight', 'Coins', 'Batch'];
  const right = new Set([1, 2, 5, 6]);
  return panel('Chains', h('ul', { class: 'lanes' },
    h('li', { class: 'legend', 'aria-hidden': 'true' }, legend.map((name, index) => h('span', { class: `${right.has(index) ? 'num' : ''} ${index === 6 ? 'batch' : ''}`.trim() || null }, name))),
    chains.map(lane)));
}

function agreement(batches) {
  const row = (batch) => h('li', { 'data-key': `${batch.origin}-${batch.hash}`, 'data-batch': `${batch.origin}/${batch.number}` },
    h('span', null, chip(batch.origin, { plain: true }), ' ', h('a', { href: `/batch/${batch.origin}/${batch.number}` }, `Batch ${batch.number}`), ' ',
      h('span', { class: 'soft' }, percent(share(batch.yes_nano, batch.all_nano)), batch.outcome === 'spreading' ? `, applied by ${batch.applied.length}` : '')),
    outcome(batch), votes(batch), h('span', { class: 'what' }, changes(batch)));
  const content = batches === null ? empty('…') : batches.length ? h('ul', { class: 'agree' }, batches.map(row)) : empty('No stake has changed yet.');
  return panel('Agreement', content, { note: 'more than half of all stake decides', more: h('a', { href: '/batches' }, 'All batches') });
}

function curve(curves, newest) {
  const drawn = curves && stakes(curves, newest);
  const legend = curves?.map(({ chain }) => h('span', { class: colour(chain) }, chip(chain, { plain: true }), ' ', chainName(chain)));
  return panel('Stake over time', h('div', { class: 'body' }, drawn ? [h('div', { class: 'legend-row' }, legend), drawn] : '…'), { note: 'coins in each validator set' });
}
