// The TonClient of npm on a ddvs network: a W5 wallet, a DePool Wallet, a stake.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Address, beginCell, contractAddress, external, internal, SendMode, storeMessage, toNano } from "@ton/core";
import { keyPairFromSeed } from "@ton/crypto";
import { TonClient, WalletContractV5R1, type OpenedContract } from "@ton/ton";

import { DePoolRoot, DePoolWallet, total, walletId, type RootInfo } from "../src/index.js";
import messages from "../src/messages.json" with { type: "json" };
import { devnet, faucetKey, until, type Network } from "./devnet.js";

interface Pool {
  address: string;
  chain: number;
  standing: string;
  counted_nano: string;
}

const key = keyPairFromSeed(Buffer.alloc(32, `test ${process.pid} ${Date.now()}`));

let network: Network;
let client: TonClient;
let globalId: number;
let wallet: OpenedContract<WalletContractV5R1>;
let pool: Pool;
let root: OpenedContract<DePoolRoot>;
let info: RootInfo;
let depool: OpenedContract<DePoolWallet>;

async function api<T>(path: string): Promise<T> {
  const answer = await fetch(network.url + path);
  assert.equal(answer.status, 200, path);
  return (await answer.json()) as T;
}

function w5(publicKey: Buffer, chain: number): OpenedContract<WalletContractV5R1> {
  const contract = WalletContractV5R1.create({ publicKey, walletId: walletId(globalId, chain) });
  return client.open(contract);
}

/** Waits until the wallet's next request has a higher number: the one before was executed. */
async function executed(sender: OpenedContract<WalletContractV5R1>, seqno: number): Promise<void> {
  await until(`seqno ${seqno} of ${sender.address}`, async () => ((await sender.getSeqno()) > seqno ? true : undefined));
}

before(async () => {
  network = await devnet();
  client = new TonClient({ endpoint: `${network.url}/toncenter/v2/jsonRPC` });
  globalId = (await api<{ global_id: number }>("/api/v1/network")).global_id;
  wallet = w5(key.publicKey, 0);
});

after(async () => {
  await network?.stop();
});

test("the masterchain, its shards and their transactions", async () => {
  const main = await client.getMasterchainInfo();
  assert.equal(main.workchain, -1);
  // a network that has just begun has no blocks to list
  const shards = await until("a block of each chain", async () => {
    const { latestSeqno } = await client.getMasterchainInfo();
    const all = latestSeqno > 0 ? await client.getWorkchainShards(latestSeqno) : [];
    return all.length > 0 && all.every((shard) => shard.seqno > 0) ? all : undefined;
  });
  assert.deepEqual(shards.map((shard) => shard.workchain), [0, 1]);
  for (const shard of shards) {
    const listed = await client.getShardTransactions(shard.workchain, shard.seqno, shard.shard);
    assert.ok(Array.isArray(listed));
  }
});

test("the faucet pays an account that is not there yet", async () => {
  assert.equal(await client.isContractDeployed(wallet.address), false);
  const faucet = w5(faucetKey().publicKey, 0);
  const seqno = await faucet.getSeqno();
  await faucet.sendTransfer({
    seqno,
    secretKey: faucetKey().secretKey,
    sendMode: SendMode.PAY_GAS_SEPARATELY | SendMode.IGNORE_ERRORS,
    messages: [internal({ to: wallet.address, value: toNano(2_000), bounce: false })],
  });
  await executed(faucet, seqno);
  const balance = await until("the gift", async () => {
    const found = await client.getBalance(wallet.address);
    return found > 0n ? found : undefined;
  });
  assert.ok(balance > toNano(1_999) && balance <= toNano(2_000), `${balance}`);
  assert.equal((await client.getContractState(wallet.address)).state, "uninitialized");
});

test("a W5 wallet is deployed by its first message, for what was estimated", async () => {
  const before = await client.getBalance(wallet.address);
  const body = wallet.createTransfer({
    seqno: 0,
    secretKey: key.secretKey,
    sendMode: SendMode.PAY_GAS_SEPARATELY | SendMode.IGNORE_ERRORS,
    messages: [internal({ to: wallet.address, value: toNano(1), bounce: false })],
  });
  const fees = await client.estimateExternalMessageFee(wallet.address, {
    body,
    initCode: wallet.init.code,
    initData: wallet.init.data,
    ignoreSignature: true,
  });
  const { in_fwd_fee, storage_fee, gas_fee, fwd_fee } = fees.source_fees;
  const estimated = BigInt(in_fwd_fee + storage_fee + gas_fee + fwd_fee);
  await wallet.send(body);
  await executed(wallet, 0);
  assert.equal(await client.isContractDeployed(wallet.address), true);
  const cost = await until("the coin that it sent to itself", async () => {
    const cost = before - (await client.getBalance(wallet.address));
    return cost < toNano(1) ? cost : undefined;
  });
  assert.ok(estimated > 0n && cost >= estimated / 2n && cost <= estimated * 3n, `${cost} ${estimated}`);
  // a repeated request is rejected with the reason
  const error = await wallet.send(body).then(() => undefined, (error) => error);
  assert.match(JSON.stringify(error.response.data), /seqno/);
});

test("a DePool Wallet is opened", async () => {
  const pools = await api<{ items: Pool[] }>("/api/v1/pools");
  pool = pools.items.find((one) => one.chain === 1 && one.standing === "validating")!;
  root = client.open(new DePoolRoot(Address.parse(pool.address)));
  info = await root.getInfo();
  depool = client.open(DePoolWallet.of(wallet.address, 0, info.network, info.walletCode));
  // the Root computes the same address
  assert.equal((await root.getWalletAddress(wallet.address, 0)).toString(), depool.address.toString());
  const seqno = await wallet.getSeqno();
  await depool.sendDeposit(wallet.sender(key.secretKey), toNano(500));
  await executed(wallet, seqno);
  await until("the DePool Wallet", async () => (await client.isContractDeployed(depool.address)) || undefined);
  const { owner, chain } = await depool.getOwner();
  assert.deepEqual([owner.toString(), chain], [wallet.address.toString(), 0]);
  const balances = await depool.getBalances();
  assert.equal(balances.held, 0n);
  assert.ok(balances.free > toNano(499), `${balances.free}`);
});

test("a stake reaches a pool on another chain and counts", async () => {
  const counted = BigInt(pool.counted_nano);
  const params = await api<{ change_value_nano: string }>("/api/v1/params?chain=1");
  const seqno = await wallet.getSeqno();
  const value = BigInt(params.change_value_nano);
  const stake = { amount: toNano(100), root: root.address, terms: info.terms, value, queryId: 7n };
  await depool.sendStake(wallet.sender(key.secretKey), stake);
  await executed(wallet, seqno);
  const position = await until("Lock", async () => {
    const position = await depool.getPosition(root.address);
    return position.locks.size > 0 ? position : undefined;
  });
  assert.equal(total(position.locks), toNano(100));
  assert.ok([...position.locks.keys()].every((lockUntil) => lockUntil > Date.now() / 1000 - 5));
  assert.deepEqual([position.pending, position.isUnstaking, position.unlocking.size], [0n, false, 0]);
  assert.equal((await depool.getBalances()).staked, toNano(100));
  const totals = await until("the batch", async () => {
    const totals = await root.getTotals();
    return totals.counted >= counted + toNano(100) ? totals : undefined;
  });
  assert.ok(totals.usersActive >= toNano(100));
  assert.deepEqual([totals.isClosed, totals.isRemoved], [false, false]);
});

test("its messages are found at both ends", async () => {
  const history = await client.getTransactions(wallet.address, { limit: 20 });
  const sent = history.flatMap((transaction) => transaction.outMessages.values().map((message) => ({ transaction, message })));
  const stake = sent.find(({ message }) => {
    const body = message.body.beginParse();
    return body.remainingBits >= 32 && body.loadUint(32) === messages.Stake.op;
  });
  assert.ok(stake !== undefined && stake.message.info.type === "internal");
  const { src, dest, createdLt } = stake.message.info;
  const got = await client.tryLocateResultTx(src, dest, createdLt.toString());
  assert.equal(BigInt(`0x${depool.address.hash.toString("hex")}`), got.address);
  const source = await client.tryLocateSourceTx(src, dest, createdLt.toString());
  assert.equal(source.lt, stake.transaction.lt);
  const again = await client.getTransaction(wallet.address, source.lt.toString(), source.hash().toString("base64"));
  assert.equal(again?.lt, source.lt);
  const older = await client.getTransactions(wallet.address, {
    limit: 20,
    lt: source.lt.toString(),
    hash: source.hash().toString("base64"),
  });
  assert.ok(older.every((transaction) => transaction.lt < source.lt) && older.length >= 2);
});

test("nested tuples come back from a getter", async () => {
  // a contract that returns its arguments: DROP removes the method's number
  const init = { code: beginCell().storeUint(0x30, 8).endCell(), data: beginCell().endCell() };
  const echo = contractAddress(0, init);
  const seqno = await wallet.getSeqno();
  await wallet.sendTransfer({
    seqno,
    secretKey: key.secretKey,
    sendMode: SendMode.PAY_GAS_SEPARATELY | SendMode.IGNORE_ERRORS,
    messages: [internal({ to: echo, value: toNano(1), bounce: false, init })],
  });
  await executed(wallet, seqno);
  await until("the echo", async () => (await client.isContractDeployed(echo)) || undefined);
  const cell = beginCell().storeUint(5, 8).endCell();
  const { stack } = await client.runMethod(echo, "echo", [
    { type: "int", value: -(2n ** 255n) },
    { type: "cell", cell },
    { type: "slice", cell },
    { type: "builder", cell },
  ]);
  assert.equal(stack.readBigNumber(), -(2n ** 255n));
  // as from every toncenter, all are cells
  for (const kind of ["cell", "slice", "builder"]) {
    const item = stack.pop();
    assert.equal(item.type, "cell", kind);
    assert.ok("cell" in item && item.cell.equals(cell), kind);
  }
  const tuple = ["tuple", [["num", "1"], ["tuple", [["num", "2"], ["num", "3"]]]]];
  const answer = await fetch(`${network.url}/toncenter/v2/runGetMethod`, {
    method: "POST",
    body: JSON.stringify({ address: echo.toString(), method: "echo", stack: [tuple] }),
  });
  const { result } = (await answer.json()) as { result: { stack: [string, { elements: unknown[] }][] } };
  const number = (value: string) => ({
    "@type": "tvm.stackEntryNumber",
    number: { "@type": "tvm.numberDecimal", number: value },
  });
  assert.deepEqual(result.stack[0]?.[1].elements, [
    number("1"),
    { "@type": "tvm.stackEntryTuple", tuple: { "@type": "tvm.tuple", elements: [number("2"), number("3")] } },
  ]);
});

test("a message that no contract accepts is refused in words", async () => {
  const message = beginCell().store(storeMessage(external({ to: root.address }))).endCell();
  const error = await client.sendFile(message.toBoc()).then(() => undefined, (error) => error);
  assert.equal(error.response.status, 422);
  assert.equal(error.response.data.ok, false);
  assert.equal(typeof error.response.data.error, "string");
});
