// A batch: its changes, votes, and the copies that applied it.

import { address, block, change, chip, commands, facts, hash, heading, money, outcome, panel, table, time, votes } from '../bits.js';
import { batch as pageCommands } from '../commands.js';
import { all, h } from '../dom.js';
import { chainName, percent, share, span } from '../format.js';

export const title = ({ origin, number }) => `Batch ${number} of ${chainName(Number(origin))}`;
export const concerns = (event, { origin, number }) => event.origin === Number(origin) && event.batch === Number(number);
export const pause_ms = 300;

export async function load({ origin, number }, get) {
  const [contents, chains] = await Promise.all([get(['batches', origin, number]), get(['chains'])]);
  return { contents, chains };
}

export function draw({ contents, chains }, { origin, number }) {
  const near = (to, text) => h('a', { href: `/batch/${origin}/${to}` }, text);
  return all(
    heading(`Batch ${number}`, { about: `Changed stakes of ${chainName(Number(origin))} that all chains decide on together: what changes, who voted, who applied it.`, id: contents[0].hash, what: 'hash', tags: [chip(Number(origin)), ' ', outcome(contents[0])] }),
    contents.length > 1 && panel('Two contents under one number', h('p', { class: 'empty bad' }, `${chainName(Number(origin))} proposed ${contents.length} different batches with this number.`)),
    contents.map((batch, index) => one(batch, chains, index)),
    h('p', { class: 'soft under' }, Number(number) > 1 ? [near(Number(number) - 1, 'The batch before'), ' · '] : '', h('a', { href: `/batches?origin=${origin}` }, `All of ${chainName(Number(origin))}`)),
    commands(pageCommands(origin, number)));
}

/** Number of applied batches of each chain. */
const numbers = (base) => base.map(({ chain, number }) => [chip(chain, { plain: true }), ` ${number} `]);

function one(batch, chains, index) {
  const begun = batch.proposed?.time_ms;
  const applied = new Map(batch.applied.map((copy) => [copy.at.chain, copy]));
  const given = new Map(batch.votes.map((vote) => [vote.voter, vote]));
  const since = (at) => (begun === undefined ? '' : ` +${span(Math.max(at.time_ms - begun, 0) / 1000)}`);
  return [
    panel('Votes', h('div', null,
      h('div', { class: 'body' }, votes(batch)),
      table('Votes and copies by chain', [
        { title: 'Chain', cell: (row) => h('span', { class: 'nowrap' }, chip(row.chain), h('span', { class: 'wide' }, ' ', chainName(row.chain))) },
        { title: 'Stake now', num: true, wide: batch.applied.length > 0, cell: (row) => (given.has(row.chain) ? money(given.get(row.chain).stake_nano) : '') },
        !batch.applied.length && { title: 'Share', num: true, cell: (row) => (given.has(row.chain) ? percent(share(given.get(row.chain).stake_nano, batch.all_nano)) : '') },
        { title: 'Yes', cell: (row) => (given.has(row.chain) ? h('span', { class: 'nowrap' }, block(given.get(row.chain).at, { withChain: false }), since(given.get(row.chain).at)) : h('span', { class: 'soft' }, batch.applied.length ? 'none' : 'not yet')) },
        { title: 'Known by', wide: true, cell: (row) => given.get(row.chain)?.known_by.map((chain) => [chip(chain, { plain: true }), ' ']) },
        { title: 'Applied', cell: (row) => (applied.has(row.chain) ? h('span', { class: 'nowrap' }, block(applied.get(row.chain).at, { withChain: false }), since(applied.get(row.chain).at)) : h('span', { class: 'soft' }, 'not yet')) },
      ].filter(Boolean), chains, { key: (row) => `v${row.chain}` })), {
      key: `votes${index}`,
      note: [`${percent(share(batch.yes_nano, batch.all_nano), 2)} yes: `, money(batch.yes_nano), ' of ', money(batch.all_nano), ' coins; more than half decides'],
    }),
    panel('Changes', batch.entries.length ? table('Changes', [
      { title: 'Change', cell: change },
      { title: 'Root', wide: true, cell: (row) => address(row.root, { to: 'validator' }) },
      { title: 'Key', wide: true, cell: (row) => hash(row.key) },
    ], batch.entries) : h('p', { class: 'empty' }, 'Its content is not known here yet.'), { key: `changes${index}` }),
    panel('Batch', facts([
      ['Hash', hash(batch.hash, { whole: true })],
      ['Proposed', batch.proposed ? [block(batch.proposed), ' at ', time(batch.proposed.time_ms, { whole: true })] : 'not seen'],
      batch.base.length > 0 && ['Base', numbers(batch.base)],
      batch.claims.length > 0 && ['Claimed bases', batch.claims.map(({ copy, base }, at) => [at ? '; ' : '', chip(copy), ': ', numbers(base)])],
      batch.taken_back.length > 0 && ['Taken back', batch.taken_back.map(({ at }, place) => [place ? ', ' : '', chip(at.chain), ' ', block(at, { withChain: false })])],
      batch.applied.length > 0 && ['Took', span(Math.max(...batch.applied.map((copy) => copy.at.time_ms - (begun ?? copy.at.time_ms))) / 1000)],
    ]), { key: `batch${index}` }),
  ];
}
