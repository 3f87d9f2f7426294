// Compiles the contracts to artifacts/: one BOC each, and a manifest that ties every BOC to its sources.
//
//   node compile.mjs [NAME ...]            write the artifacts (of the named contracts only)
//   node compile.mjs --check [NAME ...]    compile again; fail where artifacts or manifest differ
//   node compile.mjs --check --quick       the same, but a mutant is compiled only if what it is made from has changed since it was
//   node compile.mjs --only NAME ...       write the named contracts without their mutants, to try a change quickly
//
// `tests/echo` is not part of any network: the Rust bindings test their encoding against it. The manifest lists it separately.
// So are the mutants of mutants.json: contracts with one rule removed, which the network tests must detect. Each
// is a contract with some texts of its sources replaced; it is compiled whenever its contract is.
// Those that are `equivalent` break no rule: they come to the same in another way, which `rest_compared.rs` shows. They find the committed
// code, from which the copies' addresses follow, as config param 299.
import fs from 'node:fs';
import path from 'node:path';
import { createHash } from 'node:crypto';
import os from 'node:os';
import { createRequire } from 'node:module';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';

const require = createRequire(import.meta.url);
const { runTolkCompiler } = require('@ton/tolk-js');

const PACKAGE = '@ton/tolk-js';
const LEVEL = 2;
const CONTRACTS = ['delector', 'depool-root', 'depool-wallet'];
const TESTS = ['tests/echo'];

const root = import.meta.dirname;
const MUTANTS = JSON.parse(fs.readFileSync(path.join(root, 'mutants.json'), 'utf8'));
const mutantName = ({ name }) => `mutants/${name}`;
const ALL = [...CONTRACTS, ...TESTS];
const EVERYTHING = [...ALL, ...MUTANTS.map(mutantName)];

const artifacts = path.join(root, 'artifacts');
const manifestPath = path.join(artifacts, 'manifest.json');
const version = require(`${PACKAGE}/package.json`).version;

const sha256 = (data) => createHash('sha256').update(data).digest('hex');

const MESSAGES = 'shared/messages.tolk';
const ECHO_MESSAGES = 'tests/echo-messages.tolk';

/** The text of a source. One is not on disk: a getter for each message that reads it and writes it again. */
function source(file) {
  if (path.normalize(file) !== ECHO_MESSAGES) return fs.readFileSync(path.join(root, file), 'utf8');
  const messages = fs.readFileSync(path.join(root, MESSAGES), 'utf8').matchAll(/^struct \(0x[0-9a-f]{8}\) (\w+)/gm);
  const getters = [...messages].map(([, name]) => `get fun echo_${name}(c: cell): cell { return ${name}.fromCell(c).toCell(); }`);
  return [`import "../${MESSAGES.replace('.tolk', '')}"`, ...getters, ''].join('\n');
}

/** A source with the mutant's replacements. Fails when a text to be replaced does not occur exactly once. */
function mutate(mutant, file, text) {
  for (const { file: of, find, put } of mutant?.replace ?? []) {
    if (path.normalize(file) !== of) continue;
    const found = text.split(find).length - 1;
    if (found !== 1) {
      throw new Error(`${mutantName(mutant)}: ${found} times in ${of}, not once: ${JSON.stringify(find)}; mend mutants.json`);
    }
    text = text.replace(find, () => put);
  }
  return text;
}

/** One hash of a mutant's inputs: all sources of its contract, and its replacements. */
const inputsOf = (mutant, sources) => sha256(JSON.stringify({ sources, replace: mutant.replace }));

/** Compiles one contract or mutant; returns its BOC and its manifest entry. */
async function compile(name) {
  const mutant = MUTANTS.find((mutant) => mutantName(mutant) === name);
  const entry = `${mutant?.contract ?? name}.tolk`;
  if (!fs.existsSync(path.join(root, entry))) {
    throw new Error(`${name}: the source ${entry} is missing`);
  }
  const result = await runTolkCompiler({
    entrypointFileName: entry,
    fsReadCallback: (file) => mutate(mutant, file, source(file)),
    optimizationLevel: LEVEL,
  });
  if (result.status === 'error') {
    throw new Error(`${name}: ${result.message}`);
  }
  const untouched = (mutant?.replace ?? []).find(({ file }) => !result.sourcesSnapshot.some((s) => path.normalize(s.filename) === file));
  if (untouched) throw new Error(`${name}: ${untouched.file} is no source of ${entry}`);
  const boc = Buffer.from(result.codeBoc64, 'base64');
  // The standard library is part of the compiler and is identified by its version.
  const all = result.sourcesSnapshot
    .map(({ filename }) => path.normalize(filename))
    .filter((file) => !file.startsWith('@') && file !== ECHO_MESSAGES)
    // for a mutant too, as committed: its replacements are in mutants.json
    .map((file) => ({ path: file, sha256: sha256(fs.readFileSync(path.join(root, file))) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const sources = all.filter(({ path }) => !mutant || mutant.replace.some(({ file }) => file === path));
  return {
    boc,
    entry: {
      name,
      file: `${name}.boc`,
      code_hash: result.codeHashHex.toLowerCase(),
      boc_sha256: sha256(boc),
      sources,
      ...(mutant && { inputs: inputsOf(mutant, all) }),
    },
  };
}

/** Compiles several, one on each core at a time; calls `done(name, compiled, error)` in the order of the names. */
async function compileAll(names, done) {
  const results = new Map();
  const waiting = [...names];
  const workers = Array.from({ length: Math.min(os.availableParallelism(), names.length) }, () => new Worker(import.meta.filename));
  await Promise.all(workers.map((worker) => new Promise((resolve, reject) => {
    const next = () => {
      const name = waiting.shift();
      if (name === undefined) return worker.terminate().then(resolve);
      worker.postMessage(name);
    };
    worker.on('error', reject);
    worker.on('message', ({ name, compiled, error }) => {
      results.set(name, { compiled: compiled && { ...compiled, boc: Buffer.from(compiled.boc) }, error });
      next();
    });
    next();
  })));
  for (const name of names) done(name, results.get(name).compiled, results.get(name).error);
}

/** The committed manifest, or an empty one. */
function readManifest() {
  return fs.existsSync(manifestPath)
    ? { tests: [], mutants: [], ...JSON.parse(fs.readFileSync(manifestPath, 'utf8')) }
    : { contracts: [], tests: [], mutants: [] };
}

/** All entries of a manifest. */
function listedIn({ contracts, tests, mutants }) {
  return [...contracts, ...tests, ...mutants];
}

/** Writes one contract's BOC. */
function write({ boc, entry }) {
  const file = path.join(artifacts, entry.file);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, boc);
  console.log(`${entry.name}: ${boc.length} bytes, code hash ${entry.code_hash}`);
}

/** Whether a committed mutant was compiled from the current inputs; `sources` are its contract's. */
function isAsCompiled(mutant, sources, committed) {
  const old = committed.mutants.find(({ name }) => name === mutantName(mutant));
  const file = old && path.join(artifacts, old.file);
  return old?.inputs === inputsOf(mutant, sources) && fs.existsSync(file) && sha256(fs.readFileSync(file)) === old.boc_sha256;
}

/** Differences between the committed artifacts and a fresh compilation. */
function differences({ boc, entry }, committed) {
  const file = path.join(artifacts, entry.file);
  const found = [];
  if (!fs.existsSync(file)) {
    found.push(`artifacts/${entry.file} is missing`);
  } else if (!fs.readFileSync(file).equals(boc)) {
    found.push(`artifacts/${entry.file} does not come from the sources`);
  }
  const old = listedIn(committed).find(({ name }) => name === entry.name);
  if (!old) {
    found.push('it is not in the manifest');
  } else if (JSON.stringify(old) !== JSON.stringify(entry)) {
    found.push('its manifest entry differs');
  }
  return found.map((text) => `${entry.name}: ${text}`);
}

if (!isMainThread) {
  parentPort.on('message', async (name) => {
    try {
      parentPort.postMessage({ name, compiled: await compile(name) });
    } catch (error) {
      parentPort.postMessage({ name, error: error.message });
    }
  });
} else {
  await main();
}

async function main() {
  const args = process.argv.slice(2);
  const check = args.includes('--check');
  const named = args.filter((arg) => !arg.startsWith('--'));
  const unknown = named.filter((name) => !EVERYTHING.includes(name));
  if (unknown.length > 0) {
    console.error(`unknown contract ${unknown.join(', ')}; known: ${EVERYTHING.join(', ')}`);
    process.exit(2);
  }

  const compiler = { package: PACKAGE, version, level: LEVEL };
  const committed = readManifest();
  const failures = [];
  const entries = new Map(listedIn(committed).map((entry) => [entry.name, entry]));
  const only = args.includes('--only');
  const ofNamed = only ? [] : MUTANTS.filter(({ contract }) => named.includes(contract)).map(mutantName);
  const names = named.length > 0 ? [...new Set([...named, ...ofNamed])] : EVERYTHING;
  const quick = check && args.includes('--quick');
  const fresh = new Map();
  const done = (name, compiled, error) => {
    if (compiled) fresh.set(name, compiled.entry.sources);
    if (error !== undefined) {
      failures.push(error);
    } else if (check) {
      failures.push(...differences(compiled, committed));
    } else {
      write(compiled);
      entries.set(name, compiled.entry);
    }
  };
  if (quick) {
    await compileAll(names.filter((name) => ALL.includes(name)), done);
    const isOld = (mutant) => names.includes(mutantName(mutant)) && !isAsCompiled(mutant, fresh.get(mutant.contract), committed);
    const old = MUTANTS.filter(isOld).map(mutantName);
    if (old.length > 0) await compileAll(old, done);
  } else {
    await compileAll(names, done);
  }

  if (check) {
    if (JSON.stringify(committed.compiler) !== JSON.stringify(compiler)) {
      failures.push(`manifest: compiled with ${JSON.stringify(committed.compiler)}, here is ${JSON.stringify(compiler)}`);
    }
    for (const { name } of listedIn(committed)) {
      if (!EVERYTHING.includes(name)) failures.push(`manifest: ${name} is no contract of ours`);
    }
  } else {
    const listed = (names) => names.filter((name) => entries.has(name)).map((name) => entries.get(name));
    const manifest = { compiler, contracts: listed(CONTRACTS), tests: listed(TESTS), mutants: listed(MUTANTS.map(mutantName)) };
    fs.mkdirSync(artifacts, { recursive: true });
    fs.writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);
  }
  for (const failure of failures) console.error(failure);
  if (failures.length > 0) process.exit(1);
  if (check) console.log('artifacts and manifest come from the sources');
}
