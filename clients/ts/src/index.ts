export { DePoolRoot, type RootInfo, type RootTotals } from "./depool-root.js";
export { DePoolWallet, total, type Position, type Times, type WalletBalances } from "./depool-wallet.js";
export { walletId, type WalletId } from "./network.js";
