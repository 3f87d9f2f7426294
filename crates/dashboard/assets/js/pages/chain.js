// A chain: its validators, blocks, and how its set changed.

import { address, block, commands, hash, heading, money, pager, panel, sum, sums, table, time, weights } from '../bits.js';
import { stakes } from '../chart.js';
import { chain as pageCommands } from '../commands.js';
import { all, h } from '../dom.js';
import { chainName, count, grouped, percent, share, span, weightNano } from '../format.js';
import { live } from '../live.js';

const MAX_ROWS = 100;
const BLOCKS = 20;

export const title = ({ chain }) => chainName(Number(chain));
export const ticks = true;
export const concerns = (event, { chain }) => event.at.chain === Number(chain) && event.kind === 'set_changed';

export async function load({ chain, query }, get) {
  const before = query.before;
  const [own, set, blocks, changes, points] = await Promise.all([
    get(['chains', chain]),
    get(['chains', chain, 'validators']),
    get(['chains', chain, 'blocks'], { limit: before ? 50 : 48, before }),
    get(['chains', chain, 'validators', 'changes'], { limit: 20 }),
    get(['chains', chain, 'stake'], { points: 200 }),
  ]);
  if (!before) live.blocks(blocks.items);
  return { own, set, blocks, changes, points };
}

/** Smallest number of members, the heaviest first, with more than `part` of the weight. */
function fewest(set, part) {
  let sum = 0;
  const weightsDown = set.members.map((member) => member.weight).sort((a, b) => b - a);
  return weightsDown.findIndex((weight) => (sum += weight) > set.total_weight * part) + 1;
}

export function draw({ own, set, blocks, changes, points }, { query }) {
  const { chain } = own;
  if (!query.before) live.mend(chain, BLOCKS);
  const recent = live.heads.get(chain) ?? [];
  const last = recent.at(-1) ?? own.head;
  const pace = recent.length > 1 ? (last.time_ms - recent[0].time_ms) / (last.block - recent[0].block) / 1000 : null;
  const roots = new Map(set.members.map(({ key, root }) => [key, root]));
  const members = [...set.members].map((member, slot) => ({ ...member, slot })).sort((a, b) => b.weight - a.weight || a.slot - b.slot);
  return all(
    heading(chainName(chain), { about: 'A chain: its validators, newest blocks, and changes of its validator set.', id: own.delector, label: 'D’Elector', to: 'account' }),
    sums([
      ['Height', last ? grouped(last.block) : '0'],
      ['Block time', pace === null ? '…' : span(pace)],
      ['Validators', grouped(own.validators)],
      ['Weight', sum(weightNano(own.total_weight))],
      chain >= 0 && own.registry && ['Batch', grouped(own.registry.batch)],
      chain >= 0 && own.registry && ['Registered', sum(own.registry.total_nano)],
    ]),
    panel('Validators', h('div', null, h('div', { class: 'body' }, weights(set)), table('Validators', [
      { title: 'Validator', cell: (row) => row.root ? address(row.root, { to: 'validator' }) : hash(row.key) },
      { title: 'Key', wide: true, cell: (row) => hash(row.key) },
      { title: 'Owner', wide: true, cell: (row) => row.owner ? address(row.owner) : '' },
      { title: 'Weight', num: true, cell: (row) => money(weightNano(row.weight)) },
      { title: 'Share', num: true, cell: (row) => percent(share(row.weight, set.total_weight)) },
      { title: 'Slot', num: true, wide: true, cell: (row) => row.slot },
    ], members.slice(0, MAX_ROWS), { key: (row) => row.key })), {
      note: `${count(fewest(set, 1 / 3), 'validator has', 'validators have')} more than a third, ${fewest(set, 2 / 3)} more than two thirds`,
      more: members.length > MAX_ROWS ? `the heaviest ${MAX_ROWS} of ${members.length}` : null,
    }),
    h('div', { class: 'cols even' },
      panel('Blocks', h('div', null, table('Blocks', [
        { title: 'Block', cell: (row) => block(row, { withChain: false }) },
        { title: 'Time', cell: (row) => time(row.time_ms) },
        { title: 'Transactions', num: true, cell: (row) => row.transactions },
      ], query.before ? blocks.items : recent.slice(-BLOCKS).reverse().map((row) => ({ ...row, chain })), { key: (row) => `b${row.block}` }),
      pager(query.before ? blocks.next : `?before=${recent.at(-BLOCKS)?.block ?? 0}`, !query.before))),
      h('div', null,
        panel('Stake over time', h('div', { class: 'body' }, stakes([{ chain, points }], last?.time_ms ?? 0) ?? '…'), { note: 'coins in the set' }),
        panel('Changes of the set', table('Changes', [
          { title: 'Since block', cell: (row) => block(row.since, { withChain: false }) },
          { title: 'Time', wide: true, cell: (row) => time(row.since.time_ms) },
          { title: 'Members', num: true, cell: (row) => row.members },
          { title: 'Weight', num: true, cell: (row) => money(weightNano(row.total_weight)) },
          { title: 'Change', cell: (row) => moved(row, changes, roots) },
        ], changes.items, { key: (row) => `s${row.since.block}` })))),
    commands(pageCommands(chain)));
}

/** Members that joined, left or changed their weight: by name if there is one of a kind, otherwise their number. */
function moved(row, changes, roots) {
  if (!changes.next && row === changes.items.at(-1)) return 'genesis';
  const some = (of, what, tone) => {
    if (!of.length) return null;
    const [{ key }] = of;
    const who = of.length > 1 ? of.length : roots.get(key) ? address(roots.get(key), { to: 'validator' }) : hash(key);
    return h('span', { class: tone }, who, ` ${what}`);
  };
  const parts = [some(row.joined, 'joined', 'good'), some(row.left, 'left', 'bad'), some(row.changed, 'changed', null)].filter(Boolean);
  return parts.flatMap((part, index) => (index ? [', ', part] : [part]));
}
