// What has a name that was asked for.

import { chip, commands, heading, panel } from '../bits.js';
import { search as told } from '../commands.js';
import { all, h } from '../dom.js';
import { chainName, short } from '../format.js';
import { go, hrefOf } from '../search.js';

const KINDS = { account: 'Account', pool: 'Pool', wallet: 'DePool Wallet', owner: 'Owner of pools', key: 'Validator’s key', block: 'Block', transaction: 'Transaction', message: 'Message', batch: 'Batch' };

export const title = () => 'Search';

export async function load({ query }, get) {
  const asked = (query.q ?? '').trim();
  if (!asked) return { asked, hits: [] };
  const { hits } = await get(['search'], { q: asked });
  if (hits.length === 1) go(hrefOf(hits[0]), { replace: true });
  return { asked, hits };
}

export function draw({ asked, hits }) {
  const line = (hit) => h('li', null, hit.chain === null ? null : chip(hit.chain, { plain: true }),
    h('a', { href: hrefOf(hit) }, `${KINDS[hit.kind]} ${hit.kind === 'block' ? hit.id.split('/')[1] : short(hit.id, 10, 6)}`),
    h('span', { class: 'soft' }, hit.chain === null ? '' : chainName(hit.chain)));
  const found = h('ul', { class: 'hits' }, hits.map(line));
  const help = h('p', { class: 'empty' }, 'Nothing has this name. What can be found: an address in any form, the hash of a block, transaction or message, a validator’s key, a block’s height (12, or 0/12 for workchain 0), a batch (0#12).');
  return all(heading('Search'), panel(asked ? `Found for “${short(asked, 24, 8)}”` : 'Search', hits.length ? found : help, { key: 'found' }), asked && commands(told(asked)));
}
