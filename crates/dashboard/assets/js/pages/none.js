// The page for unknown paths.

import { commands, heading, panel } from '../bits.js';
import { missing as pageCommands } from '../commands.js';
import { all, h } from '../dom.js';

export const title = () => 'No such page';
export const load = async () => ({});

export function draw() {
  const pages = [...document.querySelectorAll('#nav a')].map((link) => h('li', null, h('a', { href: link.getAttribute('href') }, link.textContent)));
  return all(
    heading('No such page', { about: ['There is nothing at ', h('code', null, location.pathname), '. An address, a hash, a key, a number or a name is found in the search field above.'] }),
    panel('Pages', h('ul', { class: 'hits' }, pages)),
    commands(pageCommands()));
}
