// A client of 2023, as many services still use it: it knows numbers, cells, tuples and lists.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TonClient } from "ton";
import { Address, beginCell } from "ton-core";

import { devnet, rootOf, type Network } from "./devnet.js";

let network: Network;
let client: TonClient;
let root: Address;

before(async () => {
  network = await devnet();
  client = new TonClient({ endpoint: `${network.url}/toncenter/v2/jsonRPC` });
  root = Address.parse(await rootOf(network, 0));
});

after(async () => {
  await network?.stop();
});

test("addresses of getters", async () => {
  const { stack } = await client.callGetMethod(root, "root_info");
  const delector = stack.readAddress();
  assert.equal(delector.workChain, root.workChain);
  assert.ok((await client.getBalance(delector)) > 0n);
  const owner = beginCell().storeAddress(root).endCell();
  const found = await client.callGetMethod(root, "wallet_address", [
    { type: "slice", cell: owner },
    { type: "int", value: 1n },
  ]);
  assert.equal(found.stack.readAddress().workChain, 1);
});

test("numbers and an account's history", async () => {
  const { stack } = await client.callGetMethod(root, "totals");
  assert.ok(stack.readBigNumber() > 0n);
  assert.equal(await client.isContractDeployed(root), true);
  assert.ok(Array.isArray(await client.getTransactions(root, { limit: 3 })));
});
