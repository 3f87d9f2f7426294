// Components shared by pages.

import { h } from './dom.js';
import { names } from './names.js';
import { about, chainName, coins, grouped, moment, percent, share, short, unit, weightNano, when, words } from './format.js';

const COLOURS = 8;

/** The class that gives a chain its colour. */
export const colour = (chain) => `k${chain < 0 ? -1 : chain % COLOURS}`;

/** A chain's mark, linking to its page. */
export function chip(chain, { plain = false } = {}) {
  const name = chain === -1 ? 'M' : String(chain);
  const attrs = { class: `chip ${colour(chain)}`, title: chainName(chain) };
  return plain
    ? h('span', attrs, h('span', { class: 'sr' }, chainName(chain)), h('span', { 'aria-hidden': 'true' }, name))
    : h('a', { ...attrs, href: `/chain/${chain}`, 'aria-label': chainName(chain) }, name);
}

/** A copy button. */
export function copy(text, what) {
  const attrs = { type: 'button', class: 'copy', 'data-copy': text, 'aria-label': `Copy ${what}`, title: `Copy ${what}` };
  const shape = { d: 'M4.5 4.5v-2h7v8h-2M2.5 4.5h7v9h-7z', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.2 };
  return h('button', attrs, h('svg', { viewBox: '0 0 14 16', width: 14, height: 16, 'aria-hidden': 'true' }, h('path', shape)));
}

/** An address, by its name if it has one, linking to its page: `account`, `pool` or `validator`. */
export function address(text, { to = 'account', whole = false } = {}) {
  if (!text) return h('span', { class: 'soft' }, 'outside');
  const name = names.get(text);
  const link = h('a', { class: name && !whole ? 'name' : 'id', href: `/${to}/${text}`, title: text }, whole ? text : name ?? short(text));
  return whole ? h('span', null, name && [name, ' '], link, ' ', copy(text, 'address')) : link;
}

/** A hash or key; with `to` it links to `/to/hash`. */
export function hash(text, { to, whole = false, what = 'hash' } = {}) {
  if (!text) return h('span', { class: 'soft' }, 'unknown');
  const shown = whole ? text : short(text, 8, 4);
  const node = to ? h('a', { class: 'id', href: `/${to}/${text}`, title: text }, shown) : h('span', { class: 'id', title: text }, shown);
  return whole ? h('span', null, node, ' ', copy(text, what)) : node;
}

/** A block, linking to its page. */
export function block(place, { withChain = true } = {}) {
  const link = h('a', { class: 'nowrap', href: `/block/${place.chain}/${place.block}` }, grouped(place.block));
  return withChain ? h('span', { class: 'nowrap' }, chip(place.chain, { plain: true }), ' ', link) : link;
}

/** A time. */
export function time(ms, { whole = false } = {}) {
  const at = new Date(ms);
  return h('time', { datetime: at.toISOString(), title: moment(ms), class: 'nowrap' }, whole ? moment(ms) : when(ms));
}

/** The end of a lock, or that it has ended. */
function lock(until_s) {
  const ms = until_s * 1000;
  return ms > Date.now() ? ['until ', time(ms)] : h('span', { class: 'soft', title: `since ${moment(ms)}` }, 'may leave');
}

/** Staked coins by the end of their lock: one line each. */
export function locks({ locks: parts }) {
  if (parts.length === 1) return lock(parts[0].until);
  return parts.map((part) => h('div', null, money(part.amount_nano), ' ', lock(part.until)));
}

/** An amount with few digits; its title has all of them. */
export function money(nano, { whole = false, withUnit = false } = {}) {
  const text = whole ? coins(nano) : about(nano);
  return h('span', { class: 'nowrap', title: whole ? null : `${coins(nano)} ${unit(nano)}` }, withUnit ? `${text} ${unit(nano)}` : text);
}

/** A large amount. */
export const sum = (nano) => [money(nano), ' ', h('small', null, unit(nano))];

/** Readable form of `ERR_NOT_OWNER`, `REASON_BELOW_MIN_STAKE` and `ConfirmStake`. */
function plain(name) {
  if (/^[A-Z_]+$/.test(name)) return words(name.replace(/^(ERR|REASON)_/, '').toLowerCase());
  return name.charAt(0) + words(name.slice(1)).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Operations of other contracts: requests to standard wallets. */
const STANDARD = new Map([[0x7369676e, 'Signed request'], [0x6578746e, 'Request of an extension']]);

/** The name of a code of the contracts. */
export const nameOf = (entry) => (entry.name ? plain(entry.name) : STANDARD.get(entry.code) ?? (entry.code > 0xffff ? `0x${entry.code.toString(16).padStart(8, '0')}` : String(entry.code)));

/** A code of the contracts, with its meaning as the title. */
export function word(entry, fallback = '') {
  if (!entry) return fallback;
  const name = nameOf(entry);
  return h('span', { title: entry.meaning ?? null }, name);
}

/** The operation of a message. */
export const operation = (op, fallback = 'Transfer') => (op ? (op.code === 0 ? 'Comment' : word(op)) : fallback);

/** A code with its meaning and advice. */
export function longWord(entry) {
  return [
    word(entry), entry.name ? ` (${entry.code})` : '',
    entry.meaning && h('span', { class: 'why' }, entry.meaning),
    entry.advice && h('span', { class: 'why' }, entry.advice),
  ];
}

/** A word with a colour: `good`, `warn`, `bad` or none. */
export const tag = (text, tone = '') => h('span', { class: `tag ${tone}` }, text);

const STANDINGS = { validating: 'good', waiting: 'warn', removed: 'bad', idle: '', closed: '' };
export const standing = (pool) => [tag(pool.standing, STANDINGS[pool.standing]), pool.is_in_set && pool.standing !== 'validating' ? [' ', tag('in the set', 'warn')] : '', pool.is_main ? [' ', tag('masterchain', 'good')] : ''];

const OUTCOMES = { pending: 'warn', spreading: 'warn', applied: 'good', superseded: 'bad' };
export const outcome = (batch) => tag(batch.outcome, OUTCOMES[batch.outcome]);

/** The heading of a page. `about` is a one-line description. `id` is shown whole with a copy button; `label` names it, if it is not the page's own. */
export function heading(title, { id, what = 'address', label, to, tags, tabs, about } = {}) {
  const name = id && names.get(id);
  return h('div', { class: 'head' }, h('h1', { tabindex: -1 }, title, name && [' ', name]), tags && h('span', null, tags), about && h('p', { class: 'about' }, about),
    id && h('span', { class: 'id' }, label && h('span', { class: 'label' }, label, ' '), to ? h('a', { href: `/${to}/${id}` }, id) : id, ' ', copy(id, what)),
    tabs && h('nav', { class: 'tabs', 'aria-label': 'Views of this address' }, tabs));
}

/** A titled section of a page. */
export function panel(title, content, { note, more, key } = {}) {
  const id = `p-${key ?? title.toLowerCase().replace(/[^a-z]+/g, '-')}`;
  return h('section', { class: 'panel', 'aria-labelledby': id },
    h('header', null, h('h2', { id }, title), note && h('span', { class: 'soft' }, note), more && h('span', { class: 'more' }, more)),
    content);
}

export const empty = (text) => h('p', { class: 'empty' }, text);

/** Pairs of name and value; pairs without a value are left out. */
export function facts(pairs) {
  const rows = pairs.filter((pair) => pair && pair[1] !== null && pair[1] !== undefined && pair[1] !== false);
  return h('dl', { class: 'facts' }, rows.map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))));
}

/** Large figures in a row. */
export function sums(pairs) {
  return h('dl', { class: 'sums' }, pairs.filter(Boolean).map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))));
}

/**
 * A table. Columns are `{ title, cell(row), num, wide }`: `num` are numbers, `wide` are left out on a phone.
 * `caption` is its name for screen readers.
 */
export function table(caption, columns, rows, { key, here, none = 'There are none.' } = {}) {
  if (!rows.length) return empty(none);
  const cls = (column) => [column.num && 'num', column.wide && 'wide'].filter(Boolean).join(' ') || null;
  const head = columns.map((column) => h('th', { scope: 'col', class: cls(column) }, column.title));
  const line = (row) => h('tr', { 'data-key': key?.(row), class: here?.(row) ? 'here' : null },
    columns.map((column) => h('td', { class: cls(column) }, column.cell(row))));
  // scrollable areas must be reachable by keyboard
  return h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': caption },
    h('table', null, h('caption', { class: 'sr' }, caption), h('thead', null, h('tr', null, head)), h('tbody', null, rows.map(line))));
}

/** Parameters that position a page of a list. */
const PAGING = ['after', 'after_account', 'after_lt', 'after_nano', 'before', 'before_lt', 'newest_lt', 'limit'];

/** Link to older items of a list: `next` comes from the API. */
export function pager(next, isFirst) {
  if (!next && isFirst) return null;
  const newest = new URLSearchParams(location.search);
  PAGING.forEach((name) => newest.delete(name));
  // the reader's filters stay, and the position comes from the API
  const further = new URLSearchParams(newest);
  for (const [name, value] of next ? new URL(next, location.origin).searchParams : []) if (PAGING.includes(name)) further.set(name, value);
  const older = `?${further}`;
  return h('nav', { class: 'pager', 'aria-label': 'More of this list' },
    !isFirst && h('a', { href: location.pathname + (newest.size ? `?${newest}` : '') }, 'Newest'),
    next && h('a', { href: location.pathname + older, rel: 'next' }, 'Further back'));
}

const MAX_SEGMENTS = 48;

/** Validators of a set by weight. `highlighted` is the key to emphasize. */
export function weights(set, { highlighted } = {}) {
  const members = [...set.members].sort((a, b) => b.weight - a.weight);
  const shown = members.slice(0, MAX_SEGMENTS);
  const rest = members.slice(MAX_SEGMENTS);
  const part = (weight) => `${about(weightNano(weight))} coins, ${percent(share(weight, set.total_weight))}`;
  const segments = shown.map((member, index) => {
    const label = `Validator ${index + 1} of ${members.length}: ${part(member.weight)}`;
    const attrs = {
      'data-key': member.key, title: `${label}\n${short(member.key, 10, 6)}`, style: { 'flex-grow': String(member.weight) },
      class: member.key === highlighted ? 'mine' : null,
    };
    return member.root ? h('a', { ...attrs, href: `/validator/${member.root}`, 'aria-label': label }) : h('span', attrs);
  });
  if (rest.length) {
    const weight = rest.reduce((sum, member) => sum + member.weight, 0);
    segments.push(h('span', { class: 'rest', title: `${rest.length} more: ${part(weight)}`, style: { 'flex-grow': String(weight) } }));
  }
  return h('div', { class: `bar ${colour(set.chain)}${highlighted ? ' one' : ''}`, role: 'group', 'aria-label': `Validators of ${chainName(set.chain)} by weight` }, segments);
}

/** Votes of a batch, filling towards a half. */
export function votes(batch) {
  const done = batch.outcome === 'applied' || batch.outcome === 'spreading';
  const own = batch.applied.find((copy) => copy.at.chain === batch.origin) ?? batch.applied[0];
  const known = done && own ? new Set(own.voters) : null;
  const counted = batch.votes.filter((vote) => (known ? known.has(vote.voter) : vote.known_by.includes(batch.origin)));
  const yes = share(batch.yes_nano, batch.all_nano);
  // stakes of votes are current, the sum is that of the decision: they fill its share
  const sum = counted.reduce((nano, vote) => nano + BigInt(vote.stake_nano), 0n);
  const label = `${percent(yes)} of all stake said yes; more than half decides`;
  return h('div', { class: 'votes', role: 'img', 'aria-label': label, title: label }, counted.map((vote) => h('span', {
    'data-key': `v${vote.voter}`, class: colour(vote.voter), style: { flex: `0 1 ${(share(vote.stake_nano, sum) * yes * 100).toFixed(2)}%` },
  })));
}

/** The changes of a batch, in one line. */
export function changes(batch, most = 2) {
  const { entries } = batch;
  if (!entries.length) return 'content not known yet';
  const parts = entries.slice(0, most).map((entry, index) => [index ? ', ' : '', change(entry)]);
  return [parts, entries.length > most ? ` and ${entries.length - most} more` : ''];
}

export function change(entry) {
  const root = address(entry.root, { to: 'validator' });
  if (entry.change === 'remove_key') return [root, ' is removed for misbehaviour'];
  if (entry.change === 'forget_key') return ['a key of ', root, ' is forgotten'];
  return entry.stake_nano === '0' ? [root, ' leaves'] : [root, ' counts ', money(entry.stake_nano, { withUnit: true })];
}

/** Commands that show the same as a page. */
export function commands(list) {
  const line = ([what, text]) => h('li', null, h('span', { class: 'soft' }, what), h('code', null, text), copy(text, `command: ${what}`));
  return h('details', { class: 'panel' }, h('summary', null, 'The same on a command line'), h('ul', { class: 'commands' }, list.map(line)));
}
