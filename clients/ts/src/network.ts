// A network's id goes into every standard wallet: `global_id` of `/api/v1/network`, or param 19.

/** Distinguishes W5 wallets of one key; an argument of `WalletContractV5R1.create`. */
export interface WalletId {
  networkGlobalId: number;
  context: { walletVersion: "v5r1"; workchain: number; subwalletNumber: number };
}

/** Id of the first W5 wallet of a key on a chain. */
export function walletId(globalId: number, chain: number): WalletId {
  return {
    networkGlobalId: globalId,
    context: { walletVersion: "v5r1", workchain: chain, subwalletNumber: 0 },
  };
}
