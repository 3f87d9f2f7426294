// Live events: one stream for the whole page, resumed where it broke.

import { get, path } from './api.js';

/** Maximum number of missed events that are fetched one by one; after a longer pause pages only reload. */
const MAX_MISSED = 500;
/** A stream sends something every 15 s. */
const SILENCE_MS = 40_000;
const KEPT_EVENTS = 60;
const KEPT_HEADS = 48;

const listeners = { event: new Set(), head: new Set(), state: new Set(), stale: new Set() };
const tell = (what, ...args) => listeners[what].forEach((listener) => listener(...args));

export const live = {
  /** `wait`, `open` or `lost`. */
  state: 'wait',
  /** The answer of `/api/v1/network`. */
  network: null,
  /** By chain: its newest blocks, `{ block, time_ms, transactions }`, the newest last. */
  heads: new Map(),
  /** The newest events first. */
  events: [],
  /** Calls `listener` at each `event`, each new `head`, each change of `state`, and when all is `stale`. Returns a function that removes it. */
  on(what, listener) {
    listeners[what].add(listener);
    return () => listeners[what].delete(listener);
  },
  /** Adds blocks that were fetched. */
  blocks(blocks) {
    for (const { chain, block, time_ms, transactions } of blocks) head({ at: { chain, block, time_ms }, transactions });
  },
  /** Adds events that were fetched. */
  past(events) {
    for (const event of events) keep(event);
  },
  mend,
  start,
};

const MEND_MS = 1_000;
const mending = new Map();

/** Fetches missing blocks of a chain: heads in quick succession are sent together. */
async function mend(chain, most) {
  const blocks = (live.heads.get(chain) ?? []).slice(-most);
  if (blocks.length < 2 || blocks.at(-1).block - blocks[0].block < blocks.length || mending.has(chain)) return;
  mending.set(chain, setTimeout(() => mending.delete(chain), MEND_MS));
  try {
    live.blocks((await get(path(['chains', chain, 'blocks'], { limit: most }))).items);
  } catch {
    // the next round fetches them again
  }
}

let last = null;
let closing = null;

function state(next) {
  if (live.state !== next) {
    live.state = next;
    tell('state', next);
  }
}

function keep(event) {
  const events = live.events;
  if (events.some((known) => known.id === event.id)) return false;
  const place = events.findIndex((known) => known.id < event.id);
  events.splice(place < 0 ? events.length : place, 0, event);
  events.length = Math.min(events.length, KEPT_EVENTS);
  return true;
}

function head({ at, transactions }) {
  let blocks = live.heads.get(at.chain);
  if (!blocks) live.heads.set(at.chain, (blocks = []));
  const place = blocks.findLastIndex((known) => known.block <= at.block);
  if (blocks[place]?.block === at.block) return false;
  blocks.splice(place + 1, 0, { block: at.block, time_ms: at.time_ms, transactions });
  if (blocks.length > KEPT_HEADS) blocks.shift();
  return true;
}

function forget() {
  live.heads.clear();
  live.events = [];
}

/** Reads the identity of the network, and where to continue. A restarted server may have another network, or less of its history. */
async function enter(signal) {
  const network = await get(path(['network']), signal);
  const events = network.counts.events;
  const known = live.network;
  const isAnother = known && (known.history !== network.history || events < last);
  if (isAnother) forget();
  if (last === null || isAnother || events - last > MAX_MISSED) last = events;
  live.network = network;
  return known !== null;
}

async function listen(signal) {
  const isAgain = await enter(signal);
  const url = path(['events', 'stream'], { heads: true, after: last });
  const id = `${last}-${live.network.history}`;
  const response = await fetch(url, { signal, headers: { accept: 'text/event-stream', 'last-event-id': id } });
  // later events are not kept any more: pages only reload
  if (response.status === 410) last = null;
  if (!response.ok || !response.body) throw new Error(`the stream began with ${response.status}`);
  state('open');
  if (isAgain) tell('stale');
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const timer = setTimeout(() => closing?.abort(), SILENCE_MS);
    const { value, done } = await reader.read().finally(() => clearTimeout(timer));
    if (done) throw new Error('the stream ended');
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop();
    blocks.forEach(take);
  }
}

/** Parses one block of the stream: lines of `field: value`. */
function take(block) {
  const fields = {};
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
  }
  if (fields.data === undefined) return;
  const data = JSON.parse(fields.data);
  if (fields.event === 'head') {
    if (head(data)) tell('head', data);
    return;
  }
  if (fields.event === 'begin_anew') {
    // another network, or one that was started anew: the known data are not its own
    forget();
    last = 0;
    tell('stale');
    return;
  }
  last = data.id;
  if (keep(data)) tell('event', data);
}

async function start() {
  let pause_ms = 250;
  for (;;) {
    await visible();
    closing = new AbortController();
    const begin = Date.now();
    try {
      await listen(closing.signal);
    } catch {
      // the next round retries
    }
    closing.abort();
    // a hidden page leaves connections of the server to visible ones
    if (document.hidden) {
      state('wait');
      continue;
    }
    state('lost');
    pause_ms = Date.now() - begin > 5_000 ? 250 : Math.min(pause_ms * 1.6, 4_000);
    await new Promise((wake) => setTimeout(wake, pause_ms * (0.75 + Math.random() / 2)));
  }
}

function visible() {
  return new Promise((wake) => {
    if (!document.hidden) wake();
    else document.addEventListener('visibilitychange', () => wake(), { once: true });
  });
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) closing?.abort();
});
