// Routing, and the reader's actions.

import { h } from './dom.js';
import { live } from './live.js';
import { refresh, show, wait } from './page.js';
import './search.js';

const CHAIN = '(-?\\d{1,3})';
const ADDRESS = '([^/]+)';
const ROUTES = [
  ['/', 'overview'],
  ['/chains', 'chains'],
  [`/chain/${CHAIN}`, 'chain', 'chain'],
  [`/block/${CHAIN}/(\\d{1,10})`, 'block', 'chain', 'block'],
  [`/tx/${ADDRESS}`, 'tx', 'hash'],
  [`/message/${ADDRESS}`, 'message', 'hash'],
  [`/account/${ADDRESS}`, 'account', 'address'],
  ['/validators', 'validators'],
  [`/validator/${ADDRESS}`, 'validator', 'address'],
  ['/pools', 'pools'],
  [`/pool/${ADDRESS}`, 'pool', 'address'],
  ['/batches', 'batches'],
  [`/batch/${CHAIN}/(\\d{1,10})`, 'batch', 'origin', 'number'],
  ['/evidence', 'evidence'],
  ['/events', 'events'],
  ['/params', 'params'],
  [`/params/${CHAIN}`, 'params', 'chain'],
  ['/search', 'search'],
].map(([pattern, page, ...names]) => [new RegExp(`^${pattern}/?$`), page, names]);

/** Pages that are shown under another one in the navigation. */
const UNDER = { chain: 'chains', block: 'chains', validator: 'validators', pool: 'pools', batch: 'batches' };

const nav = document.getElementById('nav');
const announcer = document.getElementById('announcer');

/** Decodes a part of a path; a malformed one stays as it is, and matches nothing. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function match(url) {
  for (const [pattern, page, names] of ROUTES) {
    const found = pattern.exec(url.pathname);
    if (!found) continue;
    const params = Object.fromEntries(names.map((name, index) => [name, decoded(found[index + 1])]));
    return { page, params: { ...params, query: Object.fromEntries(url.searchParams) } };
  }
  return null;
}

/** The page for unknown paths. */
const NONE = { page: 'none', params: { query: {} } };

let navigationId = 0;
let entered = null;

async function enter({ isFirst = false, scroll = 0 } = {}) {
  const url = new URL(location.href);
  const found = match(url) ?? NONE;
  const id = ++navigationId;
  entered = url.pathname + url.search;
  const { page, params } = found;
  const at = `/${UNDER[page] ?? page}`;
  for (const link of nav.children) {
    const is = link.pathname === at || (page === 'overview' && link.pathname === '/');
    if (is) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  reveal(nav);
  let module;
  try {
    module = await import(`./pages/${page}.js`);
  } catch {
    // the server is unreachable, and this part was not loaded yet: a full load retries once it is back
    if (id === navigationId) wait();
    live.on('state', (state) => state === 'open' && id === navigationId && location.reload());
    return;
  }
  if (id !== navigationId) return;
  const title = module.title(params);
  document.title = title ? `${title} · ddvs` : 'ddvs';
  await show(module, params, (isReady) => {
    if (id !== navigationId || !isReady) return;
    document.querySelectorAll('main .tabs').forEach(reveal);
    if (!isFirst) {
      scrollTo(0, scroll);
      // the focus stays in a field that is being edited
      const isTyping = document.activeElement?.matches('input, select, textarea');
      if (!isTyping) (document.querySelector('main h1') ?? document.getElementById('main')).focus({ preventScroll: true });
      announcer.textContent = title;
    }
    performance.mark('ddvs-drawn');
  });
}

/** Scrolls a row of links until the current one is visible: a phone shows only a part of it. */
function reveal(row) {
  const at = row.querySelector('[aria-current]')?.getBoundingClientRect();
  if (!at) return;
  const seen = row.getBoundingClientRect();
  row.scrollLeft += at.left + at.width / 2 - (seen.left + seen.width / 2);
}

/** Navigates to a path of these pages. */
export function go(href, { replace = false } = {}) {
  history.replaceState({ scroll: scrollY }, '');
  if (replace) history.replaceState({ scroll: 0 }, '', href);
  else history.pushState({ scroll: 0 }, '', href);
  enter();
}

history.scrollRestoration = 'manual';
addEventListener('popstate', (event) => {
  // the browser handles links within the same page
  if (entered !== location.pathname + location.search) enter({ scroll: event.state?.scroll ?? 0 });
});
addEventListener('ddvs-go', (event) => go(event.detail.href, event.detail));

document.addEventListener('click', (event) => {
  const copied = event.target.closest('[data-copy]');
  if (copied) return copyText(copied.dataset.copy);
  const link = event.target.closest('a[href]');
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.origin !== location.origin || link.target || link.hash || !match(new URL(link.href))) return;
  event.preventDefault();
  if (link.href === location.href) refresh();
  else go(link.href);
});

// Forms of pages load the same page with other arguments.
document.addEventListener('submit', (event) => {
  const form = event.target.closest('main form');
  if (!form) return;
  event.preventDefault();
  const asked = [...new FormData(form)].filter(([, value]) => value);
  go(`${new URL(form.action).pathname}?${new URLSearchParams(asked)}`);
});

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // without https there is no clipboard API, but a selection can be copied
    const field = h('textarea', { class: 'sr', readonly: true, 'aria-hidden': 'true' }, text);
    const before = document.activeElement;
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
    before?.focus();
  }
  tell('Copied.');
}

const toast = document.getElementById('toast');
let toasted = 0;

/** Shows and announces a short message. */
function tell(text) {
  announcer.textContent = '';
  announcer.textContent = toast.textContent = text;
  toast.hidden = false;
  clearTimeout(toasted);
  toasted = setTimeout(() => { toast.hidden = true; }, 1_600);
}

// Connection state
const link = document.getElementById('link');
const banner = document.getElementById('banner');
const WORDS = { wait: 'connecting', open: 'live', lost: 'no server' };

function renderConnection(state) {
  link.dataset.state = state;
  document.getElementById('link-word').textContent = WORDS[state];
  banner.hidden = state !== 'lost';
  banner.textContent = state === 'lost' ? 'The server does not answer. This page shows the last known data and reconnects automatically.' : '';
  const { network } = live;
  if (network) {
    const kind = network.kind === 'embedded' ? 'an embedded network' : 'a network of nodes';
    document.getElementById('network').textContent = `ddvs ${network.version}, ${kind}, genesis ${network.genesis.slice(0, 12)}…`;
  }
}
live.on('state', renderConnection);

// Light and dark theme
const THEMES = { auto: 'as the system has it', light: 'light', dark: 'dark' };
const themeButton = document.getElementById('theme');

function showTheme() {
  const theme = document.documentElement.dataset.theme ?? 'auto';
  themeButton.setAttribute('aria-label', `Theme: ${THEMES[theme]}`);
  themeButton.title = `Theme: ${THEMES[theme]}`;
  return theme;
}

themeButton.addEventListener('click', () => {
  const names = Object.keys(THEMES);
  const next = names[(names.indexOf(showTheme()) + 1) % names.length];
  if (next === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    if (next === 'auto') localStorage.removeItem('theme');
    else localStorage.setItem('theme', next);
  } catch {
    // the choice applies until the page is left
  }
  tell(`Theme: ${THEMES[showTheme()]}.`);
});
showTheme();

enter({ isFirst: true });
live.start();
