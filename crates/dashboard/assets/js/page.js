// Shows one page at a time, and keeps it up to date.
//
// A page is a module of `pages/` with these exports:
//   title(params)                  title of the window
//   load(params, get, draft)       fetches data; `get(parts, query)` queries the API; `draft(data)` shows partial data
//   draw(data, params)             creates nodes from data; must not add listeners, see `morph`
//   concerns(event, params, data)  whether an event makes the data stale (default: never)
//   ticks                          whether each new block or event redraws it, from the data of `live`
//   pause_ms                       minimum time between two loads

import { ApiError, get as ask, path, Unreachable } from './api.js';
import { all, h, morph } from './dom.js';
import { live } from './live.js';
import { learn } from './names.js';

const PAUSE_MS = 1_000;
/** Minimum time between two drawings of a page that ticks. */
const TICK_MS = 250;

const main = document.getElementById('main');
let shown = null;

/** Shows a page; resolves when it is drawn, or replaced by another one. `onDrawn` is called after the first time. */
export async function show(module, params, onDrawn) {
  shown?.end();
  const page = new Shown(module, params, onDrawn);
  shown = page;
  await page.load();
}

/** Shows instead of a page that the server is unreachable; resolves when another page is shown. */
export function wait() {
  shown?.end();
  shown = null;
  put(away());
}

/** Loads the page again. */
export function refresh() {
  shown?.load();
}

class Shown {
  constructor(module, params, onDrawn) {
    Object.assign(this, { module, params, onDrawn, aborter: new AbortController(), data: null, loading: false, again: false, begun: 0, timer: 0, ticker: 0 });
    this.late = setTimeout(() => this.data || this.ended || this.put(h('p', { class: 'wait' }, 'Loading…')), 300);
    this.ends = [
      () => clearTimeout(this.late),
      live.on('stale', () => this.load()),
      live.on('event', (event) => {
        if (this.data && module.concerns?.(event, params, this.data)) this.soon();
        this.tick();
      }),
      live.on('head', () => this.tick()),
    ];
  }

  end() {
    this.ended = true;
    this.aborter.abort();
    clearTimeout(this.timer);
    clearTimeout(this.ticker);
    this.ends.forEach((end) => end());
  }

  soon() {
    if (this.loading) this.again = true;
    if (this.timer || this.loading) return;
    const pause = Math.max(this.begun + (this.module.pause_ms ?? PAUSE_MS) - Date.now(), 50);
    this.timer = setTimeout(() => this.load(), pause);
  }

  tick() {
    if (!this.module.ticks || this.ticker || !this.data) return;
    this.ticker = setTimeout(() => {
      this.ticker = 0;
      requestAnimationFrame(() => this.data && !this.ended && this.draw(this.data));
    }, TICK_MS);
  }

  async load() {
    if (this.loading) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    Object.assign(this, { timer: 0, loading: true, again: false, begun: Date.now() });
    const get = (parts, query) => ask(path(parts, query), this.aborter.signal);
    const draft = (data) => !this.ended && this.draw((this.data = data));
    try {
      const [data] = await Promise.all([this.module.load(this.params, get, this.data ? () => {} : draft), learn()]);
      draft(data);
    } catch (error) {
      this.failed(error);
    }
    // partial results are shown
    clearTimeout(this.late);
    this.loading = false;
    if (this.again && !this.ended) this.soon();
  }

  failed(error) {
    if (this.ended) return;
    if (error instanceof Unreachable) {
      // the banner shows the error; known data stay
      if (!this.data) this.put(away());
    } else if (error instanceof ApiError) {
      this.put(h('section', { class: 'panel fault' }, h('h1', { tabindex: -1 }, sentence(error.message)), h('p', { class: 'soft' }, advice(error.advice))));
      this.data = null;
    } else {
      this.put(h('section', { class: 'panel fault' }, h('h1', { tabindex: -1 }, 'This page failed'), h('p', { class: 'soft' }, String(error))));
      console.error(error);
    }
  }

  draw(data) {
    this.put(this.module.draw(data, this.params));
  }

  put(nodes) {
    put(nodes);
    this.onDrawn?.(Boolean(this.data));
    if (this.data) this.onDrawn = null;
  }
}

function put(nodes) {
  const next = document.createElement('main');
  next.append(nodes);
  morph(main, next);
}

const away = () => all(h('h1', { class: 'sr', tabindex: -1 }, 'No answer'), h('p', { class: 'wait' }, 'The server does not answer. This page opens by itself once it is back.'));

/** Advice: text between backticks is a command, or a path of the API. */
const advice = (text) => text.split('`').map((part, index) => {
  if (index % 2 === 0) return part;
  const isPath = part.startsWith('/api/') && !part.includes('{');
  return h('code', null, isPath ? h('a', { href: part, rel: 'external' }, part) : part);
});

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);
