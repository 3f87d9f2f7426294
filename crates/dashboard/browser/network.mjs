// A devnet, and users on it, who use the command line.

import { execFile, spawn } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const BINARY = process.env.DDVS_BIN ?? new URL('../../../target/debug/ddvs', import.meta.url).pathname;
/** A busy machine is slow, which is not a failure. */
export const PATIENCE_MS = 180_000;

const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));

/** Waits for a result of `probe`. `what` describes it on a timeout: a text, or a function that returns one. */
export async function until(what, probe, patience_ms = PATIENCE_MS) {
  const end = Date.now() + patience_ms;
  for (;;) {
    const told = await probe();
    if (told) return told;
    if (Date.now() > end) throw new Error(`not within ${patience_ms / 1000} s: ${typeof what === 'function' ? await what() : what}`);
    await pause(100);
  }
}

function freePort() {
  return new Promise((found, failed) => {
    const server = createServer();
    server.on('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

export class Devnet {
  /** Starts one. `options` go to `ddvs devnet`. */
  static async start(...options) {
    const devnet = new Devnet();
    devnet.home = mkdtempSync(join(tmpdir(), 'ddvs-dashboard-'));
    devnet.port = await freePort();
    devnet.url = `http://127.0.0.1:${devnet.port}`;
    devnet.options = options;
    await devnet.begin();
    return devnet;
  }

  /** Starts it, or restarts it on the same port. */
  async begin() {
    this.said = '';
    this.process = spawn(BINARY, ['devnet', '--listen', `127.0.0.1:${this.port}`, ...this.options], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.on('data', (text) => { this.said = (this.said + text).slice(-4_000); });
    }
    this.ended = new Promise((end) => this.process.once('close', end));
    await until(() => `the devnet answers; it said: ${this.said}`, async () => {
      if (this.process.exitCode !== null) throw new Error(`the devnet ended: ${this.said}`);
      const chains = await this.get('/api/v1/chains').catch(() => []);
      return chains.length && chains.every((chain) => chain.head?.block > 2);
    });
  }

  async end() {
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 10_000);
    await this.ended;
    clearTimeout(timer);
  }

  async close() {
    await this.end();
    rmSync(this.home, { recursive: true, force: true });
  }

  async get(path) {
    const response = await fetch(this.url + path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** Environment of the users' commands. */
  get env() {
    return { ...process.env, DDVS_HOME: join(this.home, 'people'), DDVS_RPC: this.url, DDVS_PASSWORD_FILE: this.password() };
  }

  /** Runs a `ddvs` command against it; returns its JSON output. */
  async ddvs(...args) {
    try {
      const { stdout } = await run(BINARY, [...args, '--json'], { env: this.env, maxBuffer: 1 << 26 });
      return stdout.trim() ? JSON.parse(stdout) : null;
    } catch (error) {
      throw new Error(`ddvs ${args.join(' ')}: ${error.stdout} ${error.stderr}`);
    }
  }

  password() {
    const file = join(this.home, 'password');
    writeFileSync(file, 'of a test\n');
    return file;
  }

  /** A user with coins. */
  async person(name, coins) {
    await this.ddvs('key', 'new', name);
    await this.ddvs('faucet', name, String(coins));
  }

  /** Makes the genesis validator of this number sign twice, and writes the evidence to a file. Returns its key. */
  async sinned(number, file, seed = 1) {
    const { genesis } = await this.get('/api/v1/network');
    const evidence = doubleVote(consensusSecret(seed, number), genesis);
    writeFileSync(file, JSON.stringify(evidence));
    return evidence.key;
  }

  /** The same, and submits the evidence. */
  async accuse(number, accuser) {
    const file = join(this.home, `evidence-${number}.json`);
    const key = await this.sinned(number, file);
    await this.ddvs('evidence', 'submit', file, '--key', accuser);
    return key;
  }
}

/** The consensus key of a devnet's validator, which anyone can compute. */
function consensusSecret(seed, number) {
  return createHash('sha256').update(`ddvs devnet ${seed} consensus ${number}`).digest();
}

/** `signing::VOTE_MAGIC` of the contracts. */
const VOTE_MAGIC = 0x0bbc8545;

/** Two votes of one key for different blocks in one round, as the contracts read them. */
function doubleVote(secret, genesis) {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret]);
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const vote = { chain: 0, height: 5n, round: 0, vote_type: 1 };
  const signed = [1, 2].map((value) => {
    const hash = Buffer.alloc(32, value);
    const head = Buffer.alloc(4 + 32 + 1 + 8 + 4 + 1);
    head.writeUInt32BE(VOTE_MAGIC, 0);
    Buffer.from(genesis, 'hex').copy(head, 4);
    head.writeInt8(vote.chain, 36);
    head.writeBigUInt64BE(vote.height, 37);
    head.writeUInt32BE(vote.round, 45);
    head.writeUInt8(vote.vote_type, 49);
    return { value_hash: hash.toString('hex'), signature: sign(null, Buffer.concat([head, hash]), key).toString('hex') };
  });
  return { network: genesis, key: createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex'), chain: vote.chain, height: Number(vote.height), round: vote.round, vote_type: vote.vote_type, votes: signed };
}
