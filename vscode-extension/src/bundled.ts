/** The server that comes with the extension: unpacked on its first start, and run by a Python of this machine. */

import { execFile } from 'node:child_process';
import { access, mkdir, readFile } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Launch } from './server';
import type { Python } from './python';

export class BundledServer {
  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** How to start it with this Python. `network`: packages that are not in the bundle may be fetched. */
  async launch(python: Python, network: boolean): Promise<Launch | { readonly failure: string }> {
    const bundle = this.context.asAbsolutePath('bundled');
    const digest = await readFile(path.join(bundle, 'wheels', 'digest'), 'ascii').catch(() => undefined);
    if (!digest) return { failure: 'This build of the extension has no server in it.' };
    const packages = path.join(this.context.globalStorageUri.fsPath, `server-${digest}-py${python.version.join('.')}`);
    if (!(await exists(packages))) {
      const failure = await this.unpack(python, bundle, packages, network);
      if (failure) return { failure };
    }
    // -I: neither the workspace nor the user's own packages are imported.
    const args = ['-I', path.join(bundle, 'serve.py'), packages, 'serve'];
    return { command: python.command, args, from: `the server of the extension, on Python ${python.version.join('.')}` };
  }

  private async unpack(python: Python, bundle: string, packages: string, network: boolean): Promise<string | undefined> {
    await mkdir(path.dirname(packages), { recursive: true });
    const title = 'floe: preparing the language server';
    return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => {
      const args = ['-I', path.join(bundle, 'unpack.py'), bundle, packages, ...(network ? ['--fetch'] : [])];
      this.log.info(`Unpacking the server: ${[python.command, ...args].join(' ')}`);
      return new Promise<string | undefined>((resolve) =>
        execFile(python.command, args, { timeout: 300_000 }, (error, _stdout, stderr) => {
          if (error) this.log.error(stderr || error.message);
          resolve(error ? stderr.trim().split('\n').at(-1) || error.message : undefined);
        }),
      );
    });
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
