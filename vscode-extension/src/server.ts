/** Which program is the server: the setting's, the selected interpreter's, the one on the PATH, or the extension's own. */

import { homedir } from 'node:os';
import * as path from 'node:path';
import type { BundledServer } from './bundled';
import { isNewEnough, isProgram, lookAt, OLDEST, pythonsOnPath, which } from './python';
import type { Python } from './python';

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Where it was found, in words for the log. */
  readonly from: string;
}

/** Why there is no server, in one sentence for people. */
export interface Missing {
  readonly why: 'setting' | 'python' | 'bundle';
  readonly message: string;
}

export interface Where {
  /** `floe.server.path`, or empty. */
  readonly setting: string;
  readonly folder: string | undefined;
  /** Without trust nothing that the workspace chose is run, and nothing is fetched. */
  readonly trusted: boolean;
  readonly interpreter: string | undefined;
  readonly bundled: BundledServer;
}

// -P: a folder named floe_ls in the workspace is not the server.
const MODULE = ['-P', '-m', 'floe_ls', 'serve'];

export async function findServer(where: Where): Promise<Launch | Missing> {
  if (where.trusted) {
    if (where.setting) return fromSetting(where.setting, where.folder);
    const selected = where.interpreter ? await lookAt(where.interpreter) : undefined;
    if (selected?.server && isNewEnough(selected)) {
      return { command: selected.command, args: MODULE, from: `floe-language-server ${selected.server} of the selected interpreter` };
    }
    const onPath = await which('floe-ls');
    if (onPath) return { command: onPath, args: ['serve'], from: 'found on the PATH' };
  }
  return bundledServer(where);
}

export function isMissing(found: Launch | Missing): found is Missing {
  return 'why' in found;
}

export function sameLaunch(one: Launch, other: Launch): boolean {
  return one.command === other.command && one.args.join('\0') === other.args.join('\0');
}

async function fromSetting(setting: string, folder: string | undefined): Promise<Launch | Missing> {
  const written = setting.replace(/^~(?=$|[\\/])/, homedir()).replaceAll('${workspaceFolder}', folder ?? '');
  const command = /[\\/]/.test(written) ? path.resolve(folder ?? '', written) : await which(written);
  if (!command || !(await isProgram(command))) {
    return { why: 'setting', message: `The setting floe.server.path says ${setting}, and there is no such program.` };
  }
  if (!/^(python|py)[\d.]*(\.exe)?$/i.test(path.basename(command))) return { command, args: ['serve'], from: 'floe.server.path' };
  const python = await lookAt(command);
  if (!python?.server) {
    return { why: 'setting', message: `The setting floe.server.path says ${setting}, and floe-language-server is not installed in it.` };
  }
  return { command, args: MODULE, from: 'floe.server.path' };
}

async function bundledServer(where: Where): Promise<Launch | Missing> {
  const commands = [...(where.trusted && where.interpreter ? [where.interpreter] : []), ...(await pythonsOnPath())];
  const tooOld: Python[] = [];
  let failure = '';
  for (const command of commands) {
    const python = await lookAt(command);
    if (python && !isNewEnough(python)) tooOld.push(python);
    if (!python || !isNewEnough(python)) continue;
    const launch = await where.bundled.launch(python, where.trusted);
    if (!('failure' in launch)) return launch;
    failure ||= launch.failure;
  }
  if (failure) return { why: 'bundle', message: `The floe language server could not be prepared: ${failure}` };
  const found = tooOld.map((python) => `Python ${python.version.join('.')} (${python.command})`).join(', ');
  return {
    why: 'python',
    message: `floe needs Python ${OLDEST} or later, and found ${found || 'none'}. Install one, or name one that has floe-language-server in the setting floe.server.path.`,
  };
}
