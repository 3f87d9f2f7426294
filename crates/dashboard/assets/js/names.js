// How accounts and pools are called, where the network knows it.

import { get, path } from './api.js';
import { live } from './live.js';

/** Names by address. */
export const names = new Map();

let asked = null;

/** Asks for the names; ends when they are known, or cannot be. */
export function learn() {
  asked ??= get(path(['names'])).then((told) => {
    names.clear();
    for (const [address, name] of Object.entries(told.names)) names.set(address, name);
  }).catch(() => {
    // pages show addresses; the next one asks again
    asked = null;
  });
  return asked;
}

const forget = () => { asked = null; };
live.on('event', (event) => event.kind === 'pool_opened' && forget());
live.on('stale', forget);
