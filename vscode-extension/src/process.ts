/** One run of the server: its process, and, when that has ended, why. */

import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Launch } from './server';

/** Of what a server wrote before its end, so much is kept. */
const KEPT = 4_000;
/** Milliseconds in which the last words arrive, and in which a server that was told to end does so. */
const DRAIN = 500;
const GRACE = 2_000;

export class ServerProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** Settles when it has ended: why, in words. */
  readonly ended: Promise<string>;
  private said = '';

  constructor(launch: Launch, folder: string | undefined) {
    const cwd = folder !== undefined && existsSync(folder) ? folder : undefined;
    this.child = spawn(launch.command, [...launch.args], { cwd, stdio: 'pipe' });
    this.child.stderr.setEncoding('utf8').on('data', (words: string) => (this.said = (this.said + words).slice(-KEPT)));
    this.child.stdin.on('error', () => undefined); // it ended while it was told something
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(error.message));
      this.child.once('exit', (code, signal) => {
        const tell = (): void => resolve(`${signal ? `ended by ${signal}` : `exit code ${code}`}${this.lastWords()}`);
        this.child.once('close', tell);
        setTimeout(tell, DRAIN); // a process that it started may keep its pipes open
      });
    });
  }

  get runs(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Ends it, where it does not end by itself. */
  end(): void {
    setTimeout(() => this.kill(), GRACE);
  }

  kill(): void {
    if (this.runs) this.child.kill('SIGKILL');
  }

  /** The last line that it wrote: of a Python that failed, the error. */
  private lastWords(): string {
    const last = this.said.trimEnd().split(/\r?\n/).at(-1)?.trim() ?? '';
    return last && `: ${last.length > 300 ? `${last.slice(0, 299)}…` : last}`;
  }
}
