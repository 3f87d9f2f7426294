// The search field.

const form = document.getElementById('search');
const field = document.getElementById('q');

/** Target of a search result. */
export function hrefOf(hit) {
  switch (hit.kind) {
    case 'key': return `/validator/${hit.root}`;
    case 'pool': return `/pool/${hit.id}`;
    case 'block': return `/block/${hit.id}`;
    case 'transaction': return `/tx/${hit.id}`;
    case 'message': return `/message/${hit.id}`;
    case 'batch': return `/batch/${hit.id}`;
    case 'chain': return `/chain/${hit.id}`;
    case 'set': return `/block/${hit.id}`;
    case 'event': return `/events?kinds=${hit.id}`;
    case 'network': return '/params';
    case 'param': return `/params/${hit.id}`;
    case 'page': return hit.id;
    default: return `/account/${hit.id}`;
  }
}

/** Navigates to a path of these pages. `main.js` listens, and imports this module. */
export function go(href, options = {}) {
  dispatchEvent(new CustomEvent('ddvs-go', { detail: { href, ...options } }));
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const asked = field.value.trim();
  if (!asked) return;
  go(`/search?q=${encodeURIComponent(asked)}`);
  field.value = '';
  field.blur();
});

document.addEventListener('keydown', (event) => {
  const isTyping = event.target.closest('input, textarea, select');
  if (event.key === '/' && !isTyping && !event.metaKey && !event.ctrlKey && !event.altKey) {
    event.preventDefault();
    field.focus();
    field.select();
  }
  if (event.key === 'Escape' && document.activeElement === field) field.blur();
});
