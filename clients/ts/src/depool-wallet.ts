// A DePool Wallet: an owner's coins, staked or free. They stay in it until they are withdrawn.

import {
  beginCell,
  contractAddress,
  Dictionary,
  type Address,
  type Cell,
  type Contract,
  type ContractProvider,
  type Sender,
  type StateInit,
  type TupleReader,
} from "@ton/core";

// written by the tests of the bindings, from the declarations of all messages
import messages from "./messages.json" with { type: "json" };

/** Coins of a wallet by kind, in nano. */
export interface WalletBalances {
  balance: bigint;
  /** Coins that the owner can withdraw; negative while the balance does not cover held coins and the reserve. */
  free: bigint;
  /** Coins that the owner can stake with a new Root, whose position needs a larger reserve. */
  stakable: bigint;
  /** Sum of all positions. */
  held: bigint;
  pending: bigint;
  staked: bigint;
  leaving: bigint;
  unlocking: bigint;
  releasing: bigint;
}

/** Amounts in nano by Unix time. */
export type Times = ReadonlyMap<number, bigint>;

/** A wallet's position with one Root, in nano. */
export interface Position {
  /** Stake that was sent and is not answered by the Root yet. */
  pending: bigint;
  /** Release that was sent and is not answered by the Root yet. */
  releasing: bigint;
  /** Whether an unstake, or a settle, is not answered yet: one of each at a time. */
  isUnstaking: boolean;
  isSettling: boolean;
  /** Whether the Root's slash has been settled here. */
  isSettled: boolean;
  /** Stake by the time at which its lock ends. */
  locks: Times;
  /** Part of `locks` that was removed by the pending unstake. */
  leaving: Times;
  /** Unlocking coins by the time at which they may be released. */
  unlocking: Times;
}

/** Sum over all times. */
export function total(times: Times): bigint {
  return [...times.values()].reduce((sum, amount) => sum + amount, 0n);
}

/** The DePool Wallet of one owner on one chain. Its messages are sent by the owner. */
export class DePoolWallet implements Contract {
  private constructor(
    readonly address: Address,
    readonly init?: StateInit & { code: Cell; data: Cell },
  ) {}

  /** A wallet, deployed or not. `network` and `walletCode` come from any Root's `getInfo`. */
  static of(owner: Address, chain: number, network: Cell, walletCode: Cell): DePoolWallet {
    const data = beginCell()
      .storeAddress(owner)
      .storeInt(chain, 8)
      .storeRef(network)
      .storeCoins(0) // held
      .storeUint(0, 8) // count of positions
      .storeBit(false) // no positions
      .endCell();
    const init = { code: walletCode, data };
    return new DePoolWallet(contractAddress(chain, init), init);
  }

  /** Deposits coins; deploys the wallet if necessary. */
  async sendDeposit(provider: ContractProvider, via: Sender, amount: bigint): Promise<void> {
    await provider.internal(via, { value: amount, bounce: true });
  }

  /** Stakes free coins with a Root; the message contains its terms. `value` pays the fees; the rest comes back. */
  async sendStake(
    provider: ContractProvider,
    via: Sender,
    stake: { amount: bigint; root: Address; terms: Cell; value: bigint; queryId?: bigint },
  ): Promise<void> {
    const body = beginCell()
      .storeUint(messages.Stake.op, 32)
      .storeUint(stake.queryId ?? 0n, 64)
      .storeCoins(stake.amount)
      .storeAddress(stake.root)
      .storeRef(stake.terms)
      .endCell();
    await provider.internal(via, { value: stake.value, body });
  }

  /** Unstakes all or a part of a stake whose lock has ended. */
  async sendUnstake(
    provider: ContractProvider,
    via: Sender,
    unstake: { amount: bigint; root: Address; value: bigint; queryId?: bigint },
  ): Promise<void> {
    const body = beginCell()
      .storeUint(messages.Unstake.op, 32)
      .storeUint(unstake.queryId ?? 0n, 64)
      .storeCoins(unstake.amount)
      .storeAddress(unstake.root)
      .endCell();
    await provider.internal(via, { value: unstake.value, body });
  }

  /** Withdraws free coins; all of them without an amount. */
  async sendWithdraw(
    provider: ContractProvider,
    via: Sender,
    withdraw: { amount?: bigint; value: bigint; queryId?: bigint },
  ): Promise<void> {
    const body = beginCell()
      .storeUint(messages.Withdraw.op, 32)
      .storeUint(withdraw.queryId ?? 0n, 64)
      .storeMaybeCoins(withdraw.amount)
      .endCell();
    await provider.internal(via, { value: withdraw.value, body });
  }

  /**
   * Withdraws free coins to any account, all of them without an amount: exactly the amount arrives. With `bounce` they
   * return as free coins if nothing there takes them.
   */
  async sendWithdrawTo(
    provider: ContractProvider,
    via: Sender,
    withdraw: { to: Address; amount?: bigint; bounce: boolean; comment?: string; value: bigint; queryId?: bigint },
  ): Promise<void> {
    const comment =
      withdraw.comment === undefined ? null : beginCell().storeStringTail(withdraw.comment).endCell();
    const body = beginCell()
      .storeUint(messages.WithdrawTo.op, 32)
      .storeUint(withdraw.queryId ?? 0n, 64)
      .storeMaybeCoins(withdraw.amount)
      .storeAddress(withdraw.to)
      .storeBit(withdraw.bounce)
      .storeMaybeRef(comment)
      .endCell();
    await provider.internal(via, { value: withdraw.value, body });
  }

  /** Releases coins that are due, and settles a slash. Anyone may send it. */
  async sendSettle(
    provider: ContractProvider,
    via: Sender,
    settle: { root: Address; value: bigint; queryId?: bigint },
  ): Promise<void> {
    const body = beginCell()
      .storeUint(messages.Settle.op, 32)
      .storeUint(settle.queryId ?? 0n, 64)
      .storeAddress(settle.root)
      .endCell();
    await provider.internal(via, { value: settle.value, body });
  }

  async getBalances(provider: ContractProvider): Promise<WalletBalances> {
    const { stack } = await provider.get("balances", []);
    const [balance, free, stakable] = [stack.readBigNumber(), stack.readBigNumber(), stack.readBigNumber()];
    const [held, pending, staked] = [stack.readBigNumber(), stack.readBigNumber(), stack.readBigNumber()];
    const [leaving, unlocking, releasing] = [stack.readBigNumber(), stack.readBigNumber(), stack.readBigNumber()];
    return { balance, free, stakable, held, pending, staked, leaving, unlocking, releasing };
  }

  async getPosition(provider: ContractProvider, root: Address): Promise<Position> {
    const { stack } = await provider.get("position", [
      { type: "slice", cell: beginCell().storeAddress(root).endCell() },
    ]);
    const [pending, releasing] = [stack.readBigNumber(), stack.readBigNumber()];
    const [isUnstaking, isSettling, isSettled] = [stack.readBoolean(), stack.readBoolean(), stack.readBoolean()];
    const [locks, leaving, unlocking] = [readTimes(stack), readTimes(stack), readTimes(stack)];
    return { pending, releasing, isUnstaking, isSettling, isSettled, locks, leaving, unlocking };
  }

  /** Owner and chain in the contract's data. */
  async getOwner(provider: ContractProvider): Promise<{ owner: Address; chain: number }> {
    const { stack } = await provider.get("wallet_info", []);
    return { owner: stack.readAddress(), chain: stack.readNumber() };
  }
}

/** TL-B `(HashmapE 32 Coins)`, as a getter returns it: a cell, or null if it is empty. */
function readTimes(stack: TupleReader): Times {
  const cell = stack.readCellOpt();
  if (cell === null) return new Map();
  return new Map(Dictionary.loadDirect(Dictionary.Keys.Uint(32), Dictionary.Values.BigVarUint(4), cell));
}
