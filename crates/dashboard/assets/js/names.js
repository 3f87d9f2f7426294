// Names of accounts and pools, where the network knows them.

import { get, path } from './api.js';
import { live } from './live.js';

/** Names by address. */
export const names = new Map();

let asked = null;

/** Fetches the names; resolves when they are known, or cannot be. */
export function learn() {
  asked ??= get(path(['names'])).then((answer) => {
    names.clear();
    for (const [address, name] of Object.entries(answer.names)) names.set(address, name);
  }).catch(() => {
    // pages show addresses; the next one retries
    asked = null;
  });
  return asked;
}

const forget = () => { asked = null; };
live.on('event', (event) => event.kind === 'pool_opened' && forget());
live.on('stale', forget);
