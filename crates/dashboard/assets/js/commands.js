// Commands that show or do the same as a page. The first of each pair is a description.

import { path } from './api.js';
import { chainName } from './format.js';

/** Quotes a word of a command line for a shell. */
const word = (text) => (/^[\w.,:+/=@%-]+$/.test(text) ? text : `'${String(text).replaceAll("'", "'\\''")}'`);
const link = (parts, query) => (location.origin + path(parts, query)).replaceAll("'", '%27');
const curl = (parts, query, what = 'over HTTP') => [what, `curl -s '${link(parts, query)}'`];
const rpc = location.origin === 'http://127.0.0.1:8080' ? '' : ` --rpc ${location.origin}`;
const ddvs = (what, text) => [what, `ddvs ${text}${rpc}`];
const follow = (query) => ['as a stream', `curl -sN '${link(['events', 'stream'], { after: 0, ...query })}'`];

export const overview = () => [ddvs('chains', 'query chains'), ddvs('follow events', 'query events --follow'), curl(['chains']), follow()];
export const chains = (hasSupply) => [ddvs('chains', 'query chains'), curl(['chains']), hasSupply && curl(['supply'], null, 'where all coins are')].filter(Boolean);
export const chain = (id) => [
  ddvs('validator set', `query validators --chain ${id}`), ddvs('its last block', `query block ${id}`), ddvs('limits and prices', `query params --chain ${id}`),
  curl(['chains', id]), curl(['chains', id, 'validators']), curl(['chains', id, 'validators', 'changes'], null, 'changes of the set'),
];
export const block = (id, number) => [ddvs('block', `query block ${id} ${number}`), curl(['chains', id, 'blocks', number]), curl(['chains', id, 'blocks', number, 'transactions'])];
export const tx = (hash, message) => [ddvs('transaction', `query tx ${hash}`), ddvs('what it caused', `query message ${message}`), curl(['transactions', hash])];
export const message = (hash) => [ddvs('message', `query message ${hash}`), curl(['messages', hash, 'tree'])];
export const account = (id, hasWallets) => [
  ddvs('its events', `query events --account ${id}`), hasWallets && ddvs('its DePool Wallet', `query wallet ${id}`),
  curl(['accounts', id]), curl(['accounts', id, 'transactions']),
].filter(Boolean);
export const wallet = (id) => [ddvs('wallet', `query wallet ${id}`), ddvs('its events', `query events --account ${id}`), curl(['wallets', id])];
export const pool = (id) => [
  ddvs('pool', `query pool ${id}`), ddvs('its events', `query events --account ${id}`),
  ddvs('stake with it', `wallet stake 100 --pool ${id}`), ddvs('take coins back', `wallet unstake 100 --pool ${id}`),
  curl(['pools', id]), curl(['pools', id, 'stakers'], null, 'its stakers'),
];
export const pools = (asked) => [ddvs('pools', 'query pools'), curl(['pools'], asked)];
export const validator = ({ address, chain: id, key }) => [
  ddvs('its status', `validator status --pool ${address}`), ddvs('its events', `query events --account ${address}`), curl(['pools', address]),
  key && curl(['chains', id, 'validators', key, 'history'], null, 'its weight over time'),
].filter(Boolean);
export const validators = (ids) => [...ids.map((id) => ddvs(chainName(id), `query validators --chain ${id}`)), ddvs('become one', 'validator create'), curl(['chains', ids[0] ?? -1, 'validators'])];
export const batches = (origin) => [ddvs('batches', `query batches${origin === undefined ? '' : ` --origin ${word(origin)}`}`), curl(['batches'], { origin })];
export const batch = (origin, number) => [ddvs('batches', `query batches --origin ${origin}`), curl(['batches', origin, number])];
export const evidence = () => [ddvs('bring evidence', 'evidence submit FILE'), ['check it before', 'ddvs evidence verify FILE'], curl(['evidence']), curl(['removed'], null, 'who was removed')];
export const events = ({ kinds, chain: id, account: own }) => [
  ddvs('follow events', `query events --follow${kinds ? ` --kinds ${word(kinds)}` : ''}${own ? ` --account ${word(own)}` : ''}`),
  curl(['events'], { kinds, chain: id, account: own }), follow({ kinds, chain: id, account: own }),
];
export const params = (id) => [
  ddvs('parameters', `config show --chain ${id}`), ddvs('limits and prices', `query params --chain ${id}`),
  ddvs('compare two chains', `config diff --chain ${id} --with-chain ${String(id) === '0' ? -1 : 0}`), curl(['chains', id, 'config']),
];
export const missing = () => [ddvs('chains', 'query chains'), curl(['network'])];
export const search = (asked) => [curl(['search'], { q: asked })];
