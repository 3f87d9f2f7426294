// Nodes from data. Text is always text: nothing here, and nothing elsewhere, parses markup.

const SVG = 'http://www.w3.org/2000/svg';
const SVG_TAGS = new Set(['svg', 'g', 'path', 'rect', 'line', 'circle', 'text', 'title', 'polyline']);

/**
 * A node. `attrs` become attributes: `true` one without a value, `false`, null and undefined none; `style` is an object,
 * set through the object model since the page's policy allows no style attributes.
 * Children are nodes, text, numbers, or lists of these; null, undefined and false are left out.
 */
export function h(tag, attrs, ...children) {
  const node = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attrs ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'style') for (const [key, style] of Object.entries(value)) node.style.setProperty(key, style);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  add(node, children);
  return node;
}

function add(node, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) add(node, child);
    else node.append(child instanceof Node ? child : String(child));
  }
}

/** Several nodes without a parent. */
export function all(...children) {
  const nodes = document.createDocumentFragment();
  add(nodes, children);
  return nodes;
}

/**
 * Makes what is in `node` like `next`, and keeps the nodes that stay: so focus, selection and scrolling survive when a
 * page's data change. Children with `data-key` are found by it, all others by place. Nodes must not have listeners of
 * their own, since those would stay too: `main.js` listens for all.
 */
export function morph(node, next) {
  const keyed = new Map();
  for (const child of node.children) if (child.dataset?.key) keyed.set(child.dataset.key, child);
  let at = node.firstChild;
  for (const wanted of [...next.childNodes]) {
    const key = wanted.dataset?.key;
    let found = key ? keyed.get(key) : at;
    if (key && found) keyed.delete(key);
    if (!key && found?.dataset?.key) found = null;
    if (!found || !alike(found, wanted)) {
      node.insertBefore(wanted, at);
      continue;
    }
    if (found === at) at = at.nextSibling;
    else node.insertBefore(found, at);
    if (found.nodeType === Node.TEXT_NODE) {
      if (found.data !== wanted.data) found.data = wanted.data;
    } else {
      if (!found.hasAttribute('data-own')) attributes(found, wanted);
      morph(found, wanted);
    }
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function alike(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName && a.dataset?.key === b.dataset?.key;
}

function attributes(node, next) {
  for (const { name } of [...node.attributes]) {
    // an opened element stays open
    if (!next.hasAttribute(name) && !(name === 'open' && node.nodeName === 'DETAILS')) node.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (name === 'style') continue;
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
  if (next.style?.cssText !== undefined && node.style.cssText !== next.style.cssText) {
    node.style.cssText = next.style.cssText;
  }
}
