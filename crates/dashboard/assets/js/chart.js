// Small charts in the colours of the page, with the values as text.

import { colour } from './bits.js';
import { h, morph } from './dom.js';
import { about, chainName, coins, count, grouped, weightNano, when } from './format.js';

const HEIGHT = 190;
const LEFT = 56;
const RIGHT = 62;
const TOP = 10;
const BOTTOM = 24;

/** Round numbers from `low` to `high`. */
function ticks(low, high, most) {
  const span = Math.max(high - low, 1);
  const rough = span / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((candidate) => candidate >= rough) ?? rough;
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) found.push(value);
  return found;
}

/** The moment that a reader selected in one chart: `{ key, ms, isTyped }`. */
let reading = null;
/** By chart: the data of its last drawing, and the positions of its times. */
const charts = new Map();

/** Weight of a chain at a time; none before its first point. */
const weightAt = (points, ms) => points.findLast((point) => point.since.time_ms <= ms)?.total_weight;

/** The values of the lines at a time. */
function readout(drawn, ms) {
  return drawn.map(({ chain, points }) => {
    const weight = weightAt(points, ms);
    return h('span', { class: colour(chain) }, h('b', null, chainName(chain)), ' ', weight === undefined ? 'none yet' : `${coins(weightNano(weight))} coins`);
  });
}

/**
 * Stake over time: each chain's weight is constant from one set to the next, so the lines have steps. Pointing at it, or the
 * arrow keys, show the values of a moment below it.
 * `chains` are `{ chain, points: [{ since, total_weight }] }`, the oldest point first. `key` identifies the chart.
 */
export function stakes(chains, until_ms, key = 'stake') {
  // text has the same size on a phone
  const WIDTH = innerWidth < 700 ? 350 : 640;
  const drawn = chains.filter(({ points }) => points.length);
  if (!drawn.length) return null;
  const all = drawn.flatMap(({ points }) => points);
  const begin = Math.min(...all.map((point) => point.since.time_ms));
  const end = Math.max(until_ms, begin + 1_000, ...all.map((point) => point.since.time_ms));
  const weights = all.map((point) => point.total_weight);
  const high = Math.max(...weights);
  const low = Math.min(...weights);
  // steps are small compared with the whole: the scale begins near the minimum, and shows that by its numbers
  const pad = Math.max((high - low) * 0.1, high * 0.01, 1);
  const [bottom, top] = [Math.max(0, low - pad), high + pad];
  const x = (ms) => LEFT + ((ms - begin) / (end - begin)) * (WIDTH - LEFT - RIGHT);
  const y = (weight) => HEIGHT - BOTTOM - ((weight - bottom) / (top - bottom)) * (HEIGHT - TOP - BOTTOM);
  const at = (value) => value.toFixed(1);

  const line = ({ chain, points }) => {
    let path = '';
    for (const [index, point] of points.entries()) {
      const px = at(x(point.since.time_ms));
      path += index ? `H${px}V${at(y(point.total_weight))}` : `M${px} ${at(y(point.total_weight))}`;
    }
    return h('path', { class: `line ${colour(chain)}`, d: `${path}H${at(x(end))}` });
  };
  // names at the ends of the lines, moved apart where they would overlap
  const ends = drawn.map(({ chain, points }) => ({ chain, y: y(points.at(-1).total_weight) })).sort((a, b) => a.y - b.y);
  ends.forEach((label, index) => {
    if (index) label.y = Math.max(label.y, ends[index - 1].y + 13);
  });
  const overflow = ends.at(-1).y - (HEIGHT - BOTTOM);
  if (overflow > 0) ends.forEach((label) => (label.y -= overflow));

  const times = [...new Set([...all.map((point) => point.since.time_ms), end])].sort((a, b) => a - b);
  charts.set(key, { chains, until_ms, times, begin, end, width: WIDTH });
  const here = reading?.key === key ? Math.min(Math.max(reading.ms, begin), end) : null;

  const values = ticks(bottom, top, 4);
  const labels = drawn.map(({ chain, points }) => `${chainName(chain)} from ${about(weightNano(points[0].total_weight))} to ${about(weightNano(points.at(-1).total_weight))} coins`);
  const curve = h('svg', { class: 'curve', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `Stake over time: ${labels.join('; ')}` },
    values.map((value) => h('line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: at(y(value)), y2: at(y(value)) })),
    values.map((value) => h('text', { x: LEFT - 7, y: at(y(value) + 4), 'text-anchor': 'end' }, about(weightNano(Math.round(value))))),
    h('line', { class: 'axis', x1: LEFT, x2: WIDTH - RIGHT, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM }),
    [0, 0.5, 1].map((part) => h('text', { x: at(x(begin + part * (end - begin))), y: HEIGHT - 7, 'text-anchor': part === 0 ? 'start' : part === 1 ? 'end' : 'middle' }, when(begin + part * (end - begin)))),
    drawn.map(line),
    ends.map(({ chain, y: place }) => h('text', { class: `end ${colour(chain)}`, x: WIDTH - RIGHT + 6, y: at(place + 4) }, chain === -1 ? 'master' : `chain ${chain}`)),
    h('line', { class: 'cursor', x1: at(x(here ?? end)), x2: at(x(here ?? end)), y1: TOP, y2: HEIGHT - BOTTOM, visibility: here === null ? 'hidden' : null }));
  return h('div', { class: 'chart', 'data-chart': key, tabindex: 0, role: 'group', 'aria-label': 'Stake over time; the arrow keys go from change to change' }, curve,
    h('p', { class: 'readout', 'aria-live': reading?.isTyped ? 'polite' : 'off' }, h('time', null, here === null ? 'now' : when(here)), readout(drawn, here ?? end)));
}

/** Redraws a chart in place, with the selected values. */
function again(node) {
  const key = node.dataset.chart;
  const { chains, until_ms } = charts.get(key);
  const next = stakes(chains, until_ms, key);
  if (next) morph(node, next);
}

function read(node, next) {
  reading = next;
  again(node);
}

document.addEventListener('pointermove', (event) => {
  const node = event.target.closest?.('[data-chart]');
  if (!node) {
    if (!reading || reading.isTyped) return;
    const left = document.querySelector(`[data-chart="${reading.key}"]`);
    reading = null;
    if (left) again(left);
    return;
  }
  const key = node.dataset.chart;
  const { begin, end, width } = charts.get(key);
  const box = node.querySelector('svg').getBoundingClientRect();
  const part = (((event.clientX - box.left) / box.width) * width - LEFT) / (width - LEFT - RIGHT);
  read(node, { key, ms: begin + Math.min(Math.max(part, 0), 1) * (end - begin) });
});

document.addEventListener('keydown', (event) => {
  const node = event.target.closest?.('[data-chart]');
  if (!node || event.metaKey || event.ctrlKey || event.altKey) return;
  const key = node.dataset.chart;
  const { times, end } = charts.get(key);
  const at = reading?.key === key ? reading.ms : end;
  const ms = {
    ArrowLeft: times.findLast((time) => time < at) ?? times[0], ArrowRight: times.find((time) => time > at) ?? end, Home: times[0], End: end,
  }[event.key];
  if (ms === undefined && event.key !== 'Escape') return;
  event.preventDefault();
  read(node, ms === undefined ? null : { key, ms, isTyped: true });
});

document.addEventListener('focusout', (event) => {
  if (event.target.matches?.('[data-chart]') && reading?.isTyped) read(event.target, null);
});

/** The newest blocks of a chain as bars: how many transactions each has. */
export function pulse(chain, blocks, most = 48) {
  const shown = blocks.slice(-most);
  const high = Math.max(4, ...shown.map((block) => block.transactions));
  const first = most - shown.length;
  const bars = shown.map((block, index) => {
    const tall = block.transactions ? 3 + (block.transactions / high) * 22 : 2;
    const x = (first + index) * 5;
    return h('g', null, h('title', null, `Block ${grouped(block.block)}, ${when(block.time_ms)}: ${count(block.transactions, 'transaction')}`),
      // a bar is also selected by pointing above it
      h('rect', { class: 'hit', x, y: 0, width: 5, height: 26 }), h('rect', { class: block.transactions ? null : 'calm', x, y: at1(26 - tall), width: 3.4, height: at1(tall) }));
  });
  return h('svg', { class: `pulse ${colour(chain)}`, viewBox: `0 0 ${most * 5} 26`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, bars);
}

const at1 = (value) => value.toFixed(1);
