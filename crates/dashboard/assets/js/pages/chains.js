// All chains with their heights, validator sets, registries and coins.

import { block, chip, commands, heading, money, panel, table, time } from '../bits.js';
import { chains as pageCommands } from '../commands.js';
import { all, h } from '../dom.js';
import { chainName, grouped } from '../format.js';
import { live } from '../live.js';

export const title = () => 'Chains';
export const ticks = true;
export const concerns = (event) => event.kind === 'set_changed' || event.kind === 'applied';

export async function load(_, get) {
  const [chains, network] = await Promise.all([get(['chains']), live.network ?? get(['network'])]);
  // nodes do not report where all coins are
  const supply = network.kind === 'embedded' ? await get(['supply']) : null;
  live.blocks(chains.flatMap(({ head }) => head ?? []));
  return { chains, supply };
}

export function draw({ chains, supply }) {
  const coins = new Map(supply?.chains.map((own) => [own.chain, own]));
  const last = (row) => live.heads.get(row.chain)?.at(-1) ?? row.head;
  return all(
    heading('Chains', { about: 'The masterchain and the workchains of this network. Each makes its own blocks and has its own validator set; all keep the same registries.' }),
    panel('Chains of this network', table('Chains', [
      { title: 'Chain', cell: (row) => h('span', { class: 'nowrap' }, chip(row.chain, { plain: true }), ' ', h('a', { href: `/chain/${row.chain}` }, chainName(row.chain))) },
      { title: 'Height', num: true, cell: (row) => (last(row) ? block({ chain: row.chain, block: last(row).block }, { withChain: false }) : '') },
      { title: 'Last block', wide: true, cell: (row) => (last(row) ? time(last(row).time_ms) : '') },
      { title: 'Validators', num: true, cell: (row) => grouped(row.validators) },
      { title: 'Weight', num: true, cell: (row) => money(BigInt(row.total_weight) * 1_000_000_000n) },
      { title: 'Roots', num: true, wide: true, cell: (row) => row.registry && row.chain >= 0 ? `${row.registry.eligible} of ${row.registry.roots}` : '' },
      { title: 'Batch', num: true, wide: true, cell: (row) => row.registry && row.chain >= 0 ? h('a', { href: `/batches?origin=${row.chain}` }, row.registry.batch) : '' },
    ], chains, { key: (row) => `c${row.chain}` }), { note: h('span', { class: 'wide' }, 'Roots: those with enough stake, of all that are registered') }),
    supply && panel('Supply', table('Coins by chain', [
      { title: 'Chain', cell: (row) => h('span', { class: 'nowrap' }, chip(row.chain), ' ', chainName(row.chain)) },
      { title: 'In accounts', num: true, cell: (row) => money(coins.get(row.chain)?.accounts_nano ?? 0) },
      { title: 'Fees', num: true, cell: (row) => money(coins.get(row.chain)?.fees_nano ?? 0) },
      { title: 'Burnt', num: true, cell: (row) => money(coins.get(row.chain)?.burnt_nano ?? 0) },
    ], chains), { note: ['Issued: ', money(supply.issued_nano), '. In flight: ', money(supply.in_flight_nano), supply.is_conserved ? '. The sum is correct to the nano.' : h('span', { class: 'bad' }, '. The sum is wrong.')] }),
    commands(pageCommands(supply !== null)));
}
