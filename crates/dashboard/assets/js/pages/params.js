// The config of a chain, in words.

import { bp, chainName, coins, grouped, moment, span, unit } from '../format.js';
import { commands, copy, hash, heading, panel } from '../bits.js';
import { params as pageCommands } from '../commands.js';
import { all, h } from '../dom.js';

/** Parameters specific to ddvs, which come first. */
const FIRST = [200, 201, 34, 32, 20, 21, 24, 25, 18];

export const title = ({ chain = '-1' }) => `Parameters of ${chainName(Number(chain))}`;
export const concerns = (event, { chain = '-1' }) => event.kind === 'set_changed' && event.at.chain === Number(chain);
export const pause_ms = 3_000;

export async function load({ chain = '-1' }, get) {
  const [params, network, chains] = await Promise.all([get(['chains', chain, 'config']), get(['network']), get(['chains'])]);
  return { params, network, chains };
}

/** Prices are in 65,536ths: a whole number of nano, or four digits. */
function price(value) {
  const nano = Number(value) / 65_536;
  if (Number.isInteger(nano) || nano >= 1_000) return grouped(Math.round(nano));
  return nano < 1e-6 ? nano.toFixed(12) : nano.toPrecision(4);
}

const UNITS = {
  nano: (value) => `${coins(value)} ${unit(value)}`,
  coins: (value) => `${grouped(value)} coins`,
  gas: (value) => `${grouped(value)} gas`,
  s: (value) => (value === '0' ? 'none' : span(value)),
  bp,
  unix: (value) => moment(Number(value) * 1000),
  // the config's own unit: nano in 1/65,536
  'nano/65536': (value) => `${price(value)} nano`,
  hash: (value) => hash(value, { whole: true }),
};

export function draw({ params, network, chains }, { chain = '-1' }) {
  const number = Number(chain);
  const rank = ({ param }) => (FIRST.includes(param) ? FIRST.indexOf(param) : FIRST.length + param);
  const known = params.filter((param) => param.facts.length).sort((a, b) => rank(a) - rank(b));
  const others = params.filter((param) => !param.facts.length);
  const say = (fact) => (UNITS[fact.unit] ?? grouped)(fact.value);
  const one = (param) => panel(capital(param.name), h('dl', { class: 'facts' }, param.facts.map((fact) => h('div', null, h('dt', null, capital(fact.name)), h('dd', null, say(fact))))), {
    key: `param${param.param}`, note: `param ${param.param}`,
  });
  // the columns are split where their lengths differ least
  const lines = (param) => param.facts.length + 2;
  const half = known.reduce((sum, param) => sum + lines(param), 0) / 2;
  const columns = [[], []];
  let height = 0;
  for (const param of known) {
    columns[height + lines(param) / 2 < half ? 0 : 1].push(one(param));
    height += lines(param);
  }
  return all(
    heading('Parameters', {
      about: 'The config of a chain as its D’Elector holds it: limits, prices, periods, the validator set in force.',
      tabs: chains.map((own) => h('a', { href: `/params/${own.chain}`, 'aria-current': own.chain === number ? 'page' : null }, chainName(own.chain))),
    }),
    panel('The network', h('dl', { class: 'facts' }, [
      ['Genesis', h('span', null, h('span', { class: 'id' }, network.genesis), ' ', copy(network.genesis, 'genesis'))],
      ['Network’s id', grouped(network.global_id)],
      ['Code of D’Electors', hash(network.delector_code, { whole: true })],
      ['Code of Roots', hash(network.root_code, { whole: true })],
      ['Code of DePool Wallets', hash(network.wallet_code, { whole: true })],
    ].map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value)))), { key: 'network' }),
    h('div', { class: 'cols even' }, h('div', null, columns[0]), h('div', null, columns[1])),
    others.length > 0 && panel('Others', h('dl', { class: 'facts' }, others.map((param) => h('div', null, h('dt', null, `${param.param}: ${param.name}`), h('dd', null, hash(param.hash))))), { note: 'hashes of their cells', key: 'others' }),
    commands(pageCommands(chain)));
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
