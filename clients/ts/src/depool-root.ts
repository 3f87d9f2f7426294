// A DePool Root: one validator's pool.

import { beginCell, type Address, type Cell, type Contract, type ContractProvider } from "@ton/core";

/** Totals of a Root, in nano. */
export interface RootTotals {
  ownerActive: bigint;
  ownerUnlocking: bigint;
  usersActive: bigint;
  usersUnlocking: bigint;
  /** Stake that the D'Elector counts. */
  counted: bigint;
  isClosed: boolean;
  isRemoved: boolean;
}

/** Static data of a Root. */
export interface RootInfo {
  delector: Address;
  /** TL-B `RootTerms`: part of every stake message. */
  terms: Cell;
  /** TL-B `Network`: the common part of all contracts' data on one network. */
  network: Cell;
  walletCode: Cell;
}

/** A deployed Root; open it with `client.open(new DePoolRoot(address))`. */
export class DePoolRoot implements Contract {
  constructor(readonly address: Address) {}

  async getInfo(provider: ContractProvider): Promise<RootInfo> {
    const { stack } = await provider.get("root_info", []);
    return {
      delector: stack.readAddress(),
      terms: stack.readCell(),
      network: stack.readCell(),
      walletCode: stack.readCell(),
    };
  }

  async getTotals(provider: ContractProvider): Promise<RootTotals> {
    const { stack } = await provider.get("totals", []);
    const [ownerActive, ownerUnlocking] = [stack.readBigNumber(), stack.readBigNumber()];
    const [usersActive, usersUnlocking] = [stack.readBigNumber(), stack.readBigNumber()];
    const counted = stack.readBigNumber();
    stack.skip(3); // number of the update, whether one is in flight, and what it asks for
    return {
      ownerActive,
      ownerUnlocking,
      usersActive,
      usersUnlocking,
      counted,
      isClosed: stack.readBoolean(),
      isRemoved: stack.readBoolean(),
    };
  }

  /** Address of an owner's DePool Wallet on a chain, as this Root computes it. */
  async getWalletAddress(provider: ContractProvider, owner: Address, chain: number): Promise<Address> {
    const { stack } = await provider.get("wallet_address", [
      { type: "slice", cell: beginCell().storeAddress(owner).endCell() },
      { type: "int", value: BigInt(chain) },
    ]);
    return stack.readAddress();
  }
}
