// The validator sets of all chains.

import { address, chip, commands, hash, heading, money, panel, table, weights } from '../bits.js';
import { validators as pageCommands } from '../commands.js';
import { all, h } from '../dom.js';
import { chainName, grouped, percent, share, weightNano } from '../format.js';

const MAX_CHAINS = 16;
const MAX_ROWS = 30;

export const title = () => 'Validators';
export const concerns = (event) => event.kind === 'set_changed';

export async function load(_, get) {
  const chains = (await get(['chains'])).filter(({ head }) => head).slice(0, MAX_CHAINS);
  return Promise.all(chains.map(({ chain }) => get(['chains', chain, 'validators'])));
}

export function draw(sets) {
  const main = new Set(sets.find((set) => set.chain === -1)?.members.map((member) => member.key));
  const one = (set) => {
    const members = [...set.members].sort((a, b) => b.weight - a.weight);
    return panel(chainName(set.chain), h('div', null,
      h('div', { class: 'body' }, weights(set)),
      table(`Validators of ${chainName(set.chain)}`, [
        { title: 'Validator', cell: (row) => (row.root ? address(row.root, { to: 'validator' }) : hash(row.key)) },
        { title: 'Key', wide: true, cell: (row) => hash(row.key) },
        { title: 'Owner', wide: true, cell: (row) => (row.owner ? address(row.owner) : '') },
        set.chain >= 0 && { title: 'Masterchain', wide: true, cell: (row) => (main.has(row.key) ? 'also there' : '') },
        set.chain === -1 && { title: 'From', wide: true, cell: (row) => (row.root ? chip(Number(row.root.split(':')[0])) : '') },
        { title: 'Weight', num: true, cell: (row) => money(weightNano(row.weight)) },
        { title: 'Share', num: true, cell: (row) => percent(share(row.weight, set.total_weight)) },
      ].filter(Boolean), members.slice(0, MAX_ROWS), { key: (row) => row.key })), {
      key: `set${set.chain}`,
      note: [`${grouped(set.members.length)} members, `, money(weightNano(set.total_weight)), ' coins'],
      more: h('a', { href: `/chain/${set.chain}` }, members.length > MAX_ROWS ? `All ${grouped(members.length)}` : 'The chain'),
    });
  };
  // workchains first: their stakes make the masterchain's set
  const order = [...sets].sort((a, b) => (a.chain < 0) - (b.chain < 0) || a.chain - b.chain);
  return all(heading('Validators', { about: 'The validators of each chain, by stake. A workchain’s set follows from the stakes on it, the masterchain’s from all.' }), order.map(one), commands(pageCommands(order.map((set) => set.chain))));
}
