// Search results.

import { chip, commands, heading, panel } from '../bits.js';
import { search as pageCommands } from '../commands.js';
import { all, h } from '../dom.js';
import { chainName, grouped, short, words } from '../format.js';
import { go, hrefOf } from '../search.js';

const KINDS = { account: 'Account', pool: 'Pool', wallet: 'DePool Wallet', owner: 'Owner of pools', key: 'Validator’s key', block: 'Block', transaction: 'Transaction', message: 'Message', batch: 'Batch', chain: 'Chain', set: 'Validator set since block', event: 'Events', network: 'Genesis and code', param: 'Parameters' };
/** Pages by name. */
const PAGES = [...document.querySelectorAll('#nav a, .foot a[href="/events"]')].map((link) => ({ kind: 'page', id: link.getAttribute('href'), name: link.textContent, chain: null }));
const NUMBERED = new Set(['block', 'batch', 'set']);

/** The label of a result. */
function called({ kind, id, name }) {
  if (kind === 'page') return `Page ${name}`;
  if (kind === 'chain') return chainName(Number(id));
  if (kind === 'event') return `Events: ${words(id)}`;
  if (NUMBERED.has(kind)) return `${KINDS[kind]} ${grouped(id.split('/')[1])}`;
  return [KINDS[kind], name, short(id, 10, 6)].filter(Boolean).join(' ');
}

export const title = () => 'Search';

export async function load({ query }, get) {
  const asked = (query.q ?? '').trim();
  if (!asked) return { asked, hits: [] };
  const { hits } = await get(['search'], { q: asked });
  hits.push(...PAGES.filter(({ name }) => name.toLowerCase() === asked.toLowerCase()));
  if (hits.length === 1) go(hrefOf(hits[0]), { replace: true });
  return { asked, hits };
}

export function draw({ asked, hits }) {
  const line = (hit) => h('li', null, hit.chain === null ? null : chip(hit.chain, { plain: true }),
    h('a', { href: hrefOf(hit) }, called(hit)),
    h('span', { class: 'soft' }, hit.chain === null || hit.kind === 'chain' ? '' : chainName(hit.chain)));
  const found = h('ul', { class: 'hits' }, hits.map(line));
  const help = h('p', { class: 'empty' }, 'Nothing matches. You can search for an address in any form; the hash of a block, transaction, message or batch; a validator’s key; of all these the first four digits or more, also as pages shorten them (1a2b3c…4d5e); a block’s height (1 234, or 0/1234 on workchain 0); a batch (batch 50, or 0.50); a chain, a name, a kind of event.');
  return all(heading('Search', { about: 'Finds an address, hash, key, number or name on this network.' }), panel(asked ? `Found for “${short(asked, 24, 8)}”` : 'Search', hits.length ? found : help, { key: 'found' }), asked && commands(pageCommands(asked)));
}
