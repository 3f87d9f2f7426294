// Events in words.

import { address, chip, hash, money, operation, time, word } from './bits.js';
import { h } from './dom.js';
import { count, weightNano } from './format.js';

/** Maximum number of changes of a set in one sentence. */
const MOST_CHANGES = 3;

/** Kinds of events about problems, and the most important ones. */
const BAD = new Set(['stake_rejected', 'unstake_refused', 'release_refused', 'update_rejected', 'evidence', 'removed', 'slashed', 'refused', 'taken_back', 'config_rejected', 'message_fault']);

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

// One for each kind that the index knows; a test compares.
const SENTENCES = {
  set_changed: (e) => [strong('New set'), ' of ', count(e.members, 'validator'), setChanges(e)],
  pool_opened: (e) => [strong('Pool opened'), ': ', pool(e)],
  wallet_opened: (e) => [strong('Wallet opened'), ' for ', who(e)],
  stake: (e) => [strong('Stake'), ' of ', coins(e), ' requested by ', who(e), ' for ', pool(e)],
  lock: (e) => [strong('Lock'), ': ', pool(e), ' took ', coins(e), ' of ', who(e)],
  stake_rejected: (e) => [strong('Stake rejected'), ' by ', pool(e), ', ', coins(e), ' are free again', why(e)],
  unstake: (e) => [strong('Unstake'), ' of ', coins(e), ' requested by ', who(e), ' from ', pool(e)],
  unlock: (e) => [strong('Unlock'), ': ', pool(e), ' lets ', coins(e), ' of ', who(e), ' go after its period'],
  unstake_refused: (e) => [strong('Unstake refused'), ' by ', pool(e), why(e)],
  // a wallet that settles a slash requests nothing
  release: (e) => (e.amount_nano === '0' ? [strong('Settled'), ': ', who(e), ' with ', pool(e)] : [strong('Release'), ': ', coins(e), ' of ', who(e), ' are free']),
  release_refused: (e) => [strong('Release refused'), ' by ', pool(e), why(e)],
  withdraw: (e) => [strong('Withdrawal'), ' of ', coins(e), ' by ', who(e)],
  key_registered: (e) => [strong('Key registered'), ' at ', pool(e), ': ', hash(e.key)],
  pool_closed: (e) => [strong('Pool closed'), ' by its owner: ', pool(e)],
  update: (e) => [strong('Update'), ': ', pool(e), ' requests that the chains count ', coins(e)],
  counted: (e) => [strong('Counted'), ': ', pool(e), ' counts ', coins(e)],
  update_rejected: (e) => [strong('Update rejected'), ' for ', pool(e), why(e)],
  proposed: (e) => [strong('Proposed'), ': ', batch(e)],
  voted: (e) => [strong('Vote'), ' of ', chip(e.voter), ' for ', batch(e)],
  applied: (e) => [strong('Applied'), ': ', batch(e)],
  taken_back: (e) => [strong('Taken back'), ': ', batch(e), ', since other chains received another one'],
  evidence: (e) => [strong('Evidence'), ' against key ', hash(e.key), ' submitted by ', who(e)],
  removed: (e) => [strong('Removed'), ' for misbehaviour: ', e.root ? address(e.root, { to: 'validator' }) : hash(e.key)],
  slashed: (e) => [strong('Slashed'), ': ', pool(e), e.amount_nano ? [' lost ', coins(e)] : ''],
  refused: (e) => [strong('Refused'), ': ', operation(e.op, 'a message'), ' at ', address(e.account), e.exit_code ? [', ', word(e.exit_code)] : ''],
  config_rejected: (e) => [strong('Config rejected'), e.note ? `: ${e.note}` : ''],
  message_fault: (e) => [strong('Engine failed'), e.note ? `: ${e.note}` : ''],
};

/** All kinds of events with a sentence here. */
export const KINDS = Object.keys(SENTENCES);

/** An event as a sentence. */
export function sentence(event) {
  return SENTENCES[event.kind]?.(event) ?? event.kind;
}

/** Events as a list, each with its chain and time. `since` is the number after which they are new. */
export function stream(events, { since = Infinity, tall = false } = {}) {
  const line = (event) => h('li', { 'data-key': `e${event.id}`, 'data-kind': event.kind, class: event.id > since ? 'new' : null },
    chip(event.at.chain),
    h('a', { class: 'at', href: event.transaction ? `/tx/${event.transaction}` : `/block/${event.at.chain}/${event.at.block}`, title: event.transaction ? 'The transaction' : 'The block' }, time(event.at.time_ms)),
    h('span', { class: BAD.has(event.kind) ? 'say bad-row' : 'say' }, sentence(event)));
  const attrs = { class: tall ? 'stream tall' : 'stream', tabindex: tall ? 0 : null, 'aria-label': 'Events, the newest first' };
  return h('ol', attrs, events.map(line));
}
