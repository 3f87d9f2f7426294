// TON's own virtual machine and executor (the emulator of @ton/sandbox) on the config and the contracts of a ddvs network.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Address, beginCell, Cell, Dictionary, toNano, TupleReader, type Builder } from "@ton/core";
import {
  configParse12,
  configParse15,
  configParse16,
  configParse17,
  configParse18,
  configParseGasLimitsPrices,
  configParseMasterAddressRequired,
  configParseMsgPrices,
  configParseValidatorSet,
  loadConfigParamsAsSlice,
  TonClient,
} from "@ton/ton";
import { Blockchain, createShardAccount } from "@ton/sandbox";

import { DePoolRoot } from "../src/index.js";
import messages from "../src/messages.json" with { type: "json" };
import { devnet, rootOf, type Network } from "./devnet.js";

const CHAINS = [-1, 0, 1];

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

/** The whole config of a chain, as every toncenter returns it. */
async function configOf(chain: number): Promise<Cell> {
  const answer = await fetch(`${network.url}/toncenter/v2/getConfigAll?workchain=${chain}`);
  const { result } = (await answer.json()) as { result: { config: { bytes: string } } };
  return Cell.fromBase64(result.config.bytes);
}

/** The emulator with a chain's config, and its Root if it has the one of these tests. */
async function emulator(chain: number, change?: (config: Dictionary<number, Cell>) => void): Promise<Blockchain> {
  const config = (await configOf(chain)).beginParse().loadDictDirect(Dictionary.Keys.Uint(32), Dictionary.Values.Cell());
  change?.(config);
  const chainOfRoot = await Blockchain.create({ config: beginCell().storeDictDirect(config).endCell() });
  const { code, data, balance } = await client.getContractState(root);
  const [codeCell, dataCell] = [code, data].map((boc) => Cell.fromBoc(boc!)[0]!);
  const account = { address: root, code: codeCell!, data: dataCell!, balance, workchain: root.workChain };
  await chainOfRoot.setShardAccount(root, createShardAccount(account));
  return chainOfRoot;
}

test("every chain's config has what tools read", async () => {
  for (const chain of CHAINS) {
    const params = loadConfigParamsAsSlice((await configOf(chain)).toBoc().toString("base64"));
    const own = configParseMasterAddressRequired(params.get(0))!;
    // the elector and the collector of fees
    for (const param of [1, 3]) {
      assert.ok(configParseMasterAddressRequired(params.get(param))!.equals(own), `param ${param} of ${chain}`);
    }
    const version = params.get(8)!;
    assert.deepEqual([version.loadUint(8), version.loadUint(32), version.loadUint(64)], [0xc4, 12, 4]);
    const { validatorsElectedFor, electorsStartBefore, electorsEndBefore, stakeHeldFor } = configParse15(params.get(15));
    // no elections
    assert.deepEqual([electorsStartBefore, electorsEndBefore], [0, 0]);
    assert.ok(validatorsElectedFor > 0 && stakeHeldFor > 0);
    assert.ok(configParse12(params.get(12)).size === 2);
    assert.ok(configParse16(params.get(16)).maxValidators > 0);
    assert.ok(configParse17(params.get(17)).minStake > 0n);
    assert.ok(configParse18(params.get(18)).length > 0);
    for (const param of [20, 21]) {
      configParseGasLimitsPrices(params.get(param));
      configParseMsgPrices(params.get(param + 4));
    }
    assert.ok(configParseValidatorSet(params.get(34))!.total > 0);
  }
});

test("the emulator executes with every chain's config", async () => {
  for (const chain of CHAINS) {
    const blockchain = await emulator(chain);
    const sender = await blockchain.treasury("sender");
    const nobody = new Address(0, Buffer.alloc(32, 7));
    const body = beginCell().storeUint(0x12345678, 32).storeUint(99, 64).endCell();
    const { transactions } = await sender.send({ to: nobody, value: toNano(1), bounce: true, body });
    const bounced = transactions.at(-1)!.inMessage!;
    assert.ok(bounced.info.type === "internal" && bounced.info.bounced);
    // param 8 tells this engine to return the body, as the network's own always does
    assert.ok(bounced.body.equals(beginCell().storeUint(0xffffffff, 32).storeSlice(body.beginParse()).endCell()), `${chain}`);
  }
});

test("getters of a Root return the same in the emulator and on the network", async () => {
  const blockchain = await emulator(0);
  const depool = client.open(new DePoolRoot(root));
  const info = await depool.getInfo();
  const read = async (method: string, args: Parameters<Blockchain["runGetMethod"]>[2] = []) => {
    const { exitCode, stack } = await blockchain.runGetMethod(root, method, args);
    assert.equal(exitCode, 0, method);
    return new TupleReader(stack);
  };
  const there = await read("root_info");
  assert.ok(there.readAddress().equals(info.delector));
  for (const cell of [info.terms, info.network, info.walletCode]) {
    assert.ok(there.readCell().equals(cell));
  }
  assert.equal((await read("totals")).readBigNumber(), (await depool.getTotals()).ownerActive);
  const owner = beginCell().storeAddress(root).endCell();
  const wallet = await read("wallet_address", [{ type: "slice", cell: owner }, { type: "int", value: 1n }]);
  assert.ok(wallet.readAddress().equals(await depool.getWalletAddress(root, 1)));
});

test("getters need a virtual machine of version 12", async () => {
  const version = (number: number) => (config: Dictionary<number, Cell>) => {
    config.set(8, beginCell().storeUint(0xc4, 8).storeUint(number, 32).storeUint(4, 64).endCell());
  };
  for (const [number, expected] of [[11, 6], [12, 0], [13, 0]] as const) {
    const blockchain = await emulator(0, version(number));
    const run = blockchain.runGetMethod(root, "root_info");
    const code = await run.then(({ exitCode }) => exitCode, (error) => error.exitCode);
    assert.equal(code, expected, `version ${number}`);
  }
});

test("an address of another kind has the exit code that docs/errors.md names", async () => {
  const blockchain = await emulator(0);
  const sender = await blockchain.treasury("sender");
  const kinds: ((body: Builder) => Builder)[] = [
    (body) => body.storeUint(0b00, 2),
    (body) => body.storeUint(0b01, 2).storeUint(8, 9).storeUint(1, 8),
    (body) => body.storeUint(0b110, 3).storeUint(256, 9).storeUint(0, 32).storeUint(7, 256),
  ];
  for (const store of kinds) {
    const body = store(beginCell().storeUint(messages.DeployWallet.op, 32).storeUint(1, 64)).storeInt(0, 8).endCell();
    const { transactions } = await sender.send({ to: root, value: toNano(5), bounce: true, body });
    const found = transactions.find(({ inMessage }) => inMessage?.info.type === "internal" && inMessage.info.dest.equals(root));
    const { description } = found!;
    assert.ok(description.type === "generic" && description.computePhase.type === "vm");
    assert.equal(description.computePhase.exitCode, 9);
  }
});
