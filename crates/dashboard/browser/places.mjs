// One path of every kind of page of a network.

async function ask(url, path) {
  const response = await fetch(`${url}/api/v1/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/** Paths by name. Kinds without an instance on the network, such as a wallet, are omitted. */
export async function places(url) {
  const [chains, pools, wallets, batches, events] = await Promise.all([
    ask(url, 'chains'), ask(url, 'pools'), ask(url, 'wallets'), ask(url, 'batches'), ask(url, 'events?kinds=lock,counted&limit=1'),
  ]);
  const work = chains.find((chain) => chain.chain === 0);
  const pool = pools.items.find((own) => own.chain === 0) ?? pools.items[0];
  const event = events.items.find((known) => known.transaction);
  const found = {
    overview: '/',
    chains: '/chains',
    chain: '/chain/0',
    masterchain: '/chain/-1',
    block: `/block/0/${event?.at.chain === 0 ? event.at.block : work.head.block}`,
    validators: '/validators',
    validator: `/validator/${pool.address}`,
    pools: '/pools',
    pool: `/pool/${pool.address}`,
    root: `/account/${pool.address}`,
    delector: `/account/${work.delector}`,
    owner: `/account/${pool.owner}`,
    batches: '/batches',
    evidence: '/evidence',
    events: '/events',
    params: '/params',
    'params-0': '/params/0',
    search: `/search?q=${work.head.block - 3}`,
    'search-none': '/search?q=nothing',
  };
  const wallet = wallets.items.find((own) => own.positions.length) ?? wallets.items[0];
  if (wallet) found.wallet = `/account/${wallet.address}`;
  if (batches.items.length) found.batch = `/batch/${batches.items[0].origin}/${batches.items[0].number}`;
  if (event) {
    found.tx = `/tx/${event.transaction}`;
    const transaction = await ask(url, `transactions/${event.transaction}`);
    let message = await ask(url, `messages/${transaction.in_message}`);
    for (let step = 0; message.sent_by && step < 12; step++) message = await ask(url, `messages/${message.sent_by.in_message}`);
    found.message = `/message/${message.message.hash}`;
  }
  return found;
}
