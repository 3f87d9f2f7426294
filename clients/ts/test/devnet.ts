// The network under test: the one at DDVS_URL, or a new devnet.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { keyPairFromSeed, type KeyPair } from "@ton/crypto";

/** Seed of the devnet, from which all of its keys follow: anyone can compute them. */
const SEED = 1;

export interface Network {
  url: string;
  stop(): Promise<void>;
}

/** Starts `ddvs devnet`: the binary that DDVS_BIN names, or the debug build of this repository. */
export async function devnet(): Promise<Network> {
  const given = process.env.DDVS_URL;
  if (given !== undefined) {
    return { url: given.replace(/\/$/, ""), stop: async () => {} };
  }
  const built = fileURLToPath(new URL("../../../../target/debug/ddvs", import.meta.url));
  const args = ["devnet", "--listen", "127.0.0.1:0", "--block-time-ms", "100", "--seed", String(SEED)];
  const child = spawn(process.env.DDVS_BIN ?? built, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill("SIGINT");
    await ended;
  };
  const url = await new Promise<string>((resolve, reject) => {
    let told = "";
    child.stdout.on("data", (part: Buffer) => {
      told += part.toString();
      const found = /http:\/\/[0-9.:]+/.exec(told);
      if (found !== null && told.includes("\n")) {
        resolve(found[0]);
      }
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`ddvs devnet ended with ${code}: ${told}`)));
  });
  return { url, stop };
}

/** Address of the first pool's Root on a chain. */
export async function rootOf(network: Network, chain: number): Promise<string> {
  const answer = await fetch(`${network.url}/api/v1/pools`);
  const pools = (await answer.json()) as { items: { address: string; chain: number }[] };
  const pool = pools.items.find((pool) => pool.chain === chain);
  if (pool === undefined) {
    throw new Error(`chain ${chain} has no pool`);
  }
  return pool.address;
}

/** The key of a devnet's faucet, which has coins on every chain. */
export function faucetKey(): KeyPair {
  return keyPairFromSeed(createHash("sha256").update(`ddvs devnet ${SEED} faucet`).digest());
}

/** Waits until a condition holds. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) {
      return found;
    }
    if (Date.now() > end) {
      throw new Error(`waited for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
