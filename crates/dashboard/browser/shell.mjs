// A shell that runs the commands of pages verbatim, in a directory with only the files that a reader was told to have.

import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BINARY, PATIENCE_MS } from './network.mjs';

/** Commands that run until they are interrupted. */
const goesOn = (command) => / --follow\b|^curl -sN /.test(command);

export class Shell {
  constructor(devnet) {
    const bin = join(devnet.home, 'bin');
    this.directory = join(devnet.home, 'work');
    for (const made of [bin, this.directory]) mkdirSync(made);
    symlinkSync(resolve(BINARY), join(bin, 'ddvs'));
    this.env = { ...devnet.env, PATH: `${bin}:${process.env.PATH}` };
    // a command must name its network itself
    delete this.env.DDVS_RPC;
    delete this.env.DDVS_NETWORK;
  }

  /**
   * Runs a command to its end; returns `{ command, code, out, err }`. One that does not end is interrupted after its first
   * line, which it must print.
   */
  run(command) {
    return new Promise((done, failed) => {
      const process = spawn('bash', ['-c', `exec ${command}`], { cwd: this.directory, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
      const said = { command, code: null, out: '', err: '' };
      const timer = setTimeout(() => {
        process.kill('SIGKILL');
        failed(new Error(`not within ${PATIENCE_MS / 1000} s: the end of ${command}\n${said.out}\n${said.err}`));
      }, PATIENCE_MS);
      process.stdout.on('data', (text) => {
        said.out += text;
        if (goesOn(command) && said.out.includes('\n')) process.kill('SIGINT');
      });
      process.stderr.on('data', (text) => { said.err += text; });
      process.once('error', failed);
      process.once('close', (code, signal) => {
        clearTimeout(timer);
        // an interrupted command has no exit code
        said.code = code ?? (signal === 'SIGINT' ? 0 : signal);
        done(said);
      });
    });
  }
}
