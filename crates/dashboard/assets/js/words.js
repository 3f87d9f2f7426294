// Events in words.

import { address, chip, hash, money, operation, time, word } from './bits.js';
import { h } from './dom.js';
import { EVENTS } from './events.js';
import { count, weightNano } from './format.js';

/** Maximum number of changes of a set in one sentence. */
const MOST_CHANGES = 3;

/** Name, sentence and tone of each kind of event. */
const BY_KIND = new Map(EVENTS.map((event) => [event.name, event]));

const who = (event) => (event.owner ? address(event.owner) : address(event.account));
const pool = (event) => address(event.root ?? event.account, { to: 'pool' });
const coins = (event) => (event.amount_nano ? money(event.amount_nano, { withUnit: true }) : 'coins');
const why = (event) => (event.reason ? [': ', word(event.reason)] : '');
const batch = (event) => h('span', { class: 'nowrap' }, h('a', { href: `/batch/${event.origin}/${event.batch}` }, `batch ${event.batch}`), ' of ', chip(event.origin));

/** Validators that joined, left, or changed their weight. */
function setChanges(event) {
  const changes = event.changes ?? [];
  const one = ({ key, root, from, to }, index) => {
    const who = root ? address(root, { to: 'validator' }) : hash(key);
    const what = from === 0 ? [' joined with ', weight(to)] : to === 0 ? [' left, with ', weight(from)] : [' from ', weight(from), ' to ', weight(to)];
    return [index ? ', ' : ': ', who, what];
  };
  const shown = changes.slice(0, MOST_CHANGES);
  const rest = (event.joined ?? 0) + (event.left ?? 0) + (event.changed ?? 0) - shown.length;
  return [shown.map(one), rest > 0 ? ` and ${count(rest, 'more change')}` : ''];
}

const weight = (coins) => money(weightNano(coins), { withUnit: true });
const strong = (text) => h('strong', null, text);

/** A wallet that settles a slash requests nothing, so none of its coins are released. */
const SETTLED = '**Settled**: {owner} with {pool}';

// What the sentences are filled with; a test compares the names.
const PARTS = {
  account: (e) => address(e.account),
  amount: coins,
  batch,
  changes: setChanges,
  exit_code: (e) => (e.exit_code ? [', ', word(e.exit_code)] : ''),
  key: (e) => hash(e.key),
  members: (e) => count(e.members, 'validator'),
  note: (e) => (e.note ? `: ${e.note}` : ''),
  operation: (e) => operation(e.op, 'a message'),
  owner: who,
  pool,
  reason: why,
  to: (e) => address(e.to),
  validator: (e) => (e.root ? address(e.root, { to: 'validator' }) : hash(e.key)),
  voter: (e) => chip(e.voter),
};

/** All kinds of events. */
export const KINDS = EVENTS.map((event) => event.name);

/** An event as a sentence. */
export function sentence(event) {
  const known = BY_KIND.get(event.kind);
  if (!known) return event.kind;
  const template = event.kind === 'release' && event.amount_nano === '0' ? SETTLED : known.sentence;
  // words between stars are at odd places, names of parts likewise
  return template.split('**').map((text, place) => {
    const filled = text.split(/\{(\w+)\}/).map((piece, at) => (at % 2 ? PARTS[piece](event) : piece));
    return place % 2 ? strong(filled) : filled;
  });
}

/** Events as a list, each with its chain and time. `since` is the number after which they are new. */
export function stream(events, { since = Infinity, tall = false } = {}) {
  const line = (event) => h('li', { 'data-key': `e${event.id}`, 'data-kind': event.kind, class: event.id > since ? 'new' : null },
    chip(event.at.chain),
    h('a', { class: 'at', href: event.transaction ? `/tx/${event.transaction}` : `/block/${event.at.chain}/${event.at.block}`, title: event.transaction ? 'The transaction' : 'The block' }, time(event.at.time_ms)),
    h('span', { class: BY_KIND.get(event.kind)?.problem ? 'say bad-row' : 'say' }, sentence(event)));
  const attrs = { class: tall ? 'stream tall' : 'stream', tabindex: tall ? 0 : null, 'aria-label': 'Events, the newest first' };
  return h('ol', attrs, events.map(line));
}
