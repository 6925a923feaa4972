/** Which program is the server: the setting's, the one on the PATH, or a Python that has it. */

import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as path from 'node:path';

export interface Launch {
  readonly command: string;
  readonly args: string[];
  /** Where it was found, in words for the log. */
  readonly from: string;
}

const MODULE = ['-m', 'floe_ls', 'serve'];
const PYTHONS = process.platform === 'win32' ? ['py', 'python'] : ['python3', 'python'];

export async function findServer(setting: string, folder: string | undefined): Promise<Launch | undefined> {
  if (setting) return fromSetting(setting, folder);
  const onPath = await which('floe-ls');
  if (onPath) return { command: onPath, args: ['serve'], from: 'found on the PATH' };
  for (const python of PYTHONS) {
    const command = await which(python);
    if (command && (await hasServer(command))) return { command, args: MODULE, from: 'this Python has it' };
  }
  return undefined;
}

async function fromSetting(setting: string, folder: string | undefined): Promise<Launch | undefined> {
  const written = setting.replace(/^~(?=$|[\\/])/, homedir()).replaceAll('${workspaceFolder}', folder ?? '');
  const command = /[\\/]/.test(written) ? path.resolve(folder ?? '', written) : await which(written);
  if (!command || !(await isProgram(command))) return undefined;
  const isPython = /^(python|py)[\d.]*(\.exe)?$/i.test(path.basename(command));
  return { command, args: isPython ? MODULE : ['serve'], from: 'floe.server.path' };
}

async function which(name: string): Promise<string | undefined> {
  const endings = process.platform === 'win32' ? (process.env.PATHEXT ?? '.EXE;.CMD;.BAT').split(';') : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const ending of folder ? endings : []) {
      const candidate = path.join(folder, name + ending);
      if (await isProgram(candidate)) return candidate;
    }
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

function hasServer(python: string): Promise<boolean> {
  const look = 'import importlib.util as u, sys; sys.exit(u.find_spec("floe_ls") is None)';
  return new Promise((resolve) => execFile(python, ['-c', look], { timeout: 10_000 }, (error) => resolve(!error)));
}
