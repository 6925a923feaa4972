/** Pythons: where they are, what they are, and whether they have the server. */

import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import * as path from 'node:path';

export interface Python {
  readonly command: string;
  readonly version: readonly [number, number];
  /** The version of the server that is installed in it. */
  readonly server?: string;
}

export const OLDEST = '3.11';
const NAMES = process.platform === 'win32' ? ['py', 'python'] : ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];

const LOOK = `
import json, sys
from importlib import metadata
try: server = metadata.version("floe-language-server")
except metadata.PackageNotFoundError: server = None
print(json.dumps({"version": sys.version_info[:2], "server": server}))
`;

/** What a program says about itself; undefined where it is no Python. `-I`: nothing of the workspace is imported. */
export function lookAt(command: string): Promise<Python | undefined> {
  return new Promise((resolve) =>
    execFile(command, ['-I', '-c', LOOK], { timeout: 10_000 }, (error, stdout) => {
      try {
        const said = error ? undefined : (JSON.parse(stdout) as { version: [number, number]; server: string | null });
        resolve(said && { command, version: said.version, server: said.server ?? undefined });
      } catch {
        resolve(undefined);
      }
    }),
  );
}

export function isNewEnough(python: Python): boolean {
  const [major, minor] = OLDEST.split('.').map(Number);
  return python.version[0] > major || (python.version[0] === major && python.version[1] >= minor);
}

/** The Pythons on the PATH, each once. */
export async function pythonsOnPath(): Promise<string[]> {
  const found = await Promise.all(NAMES.map(which));
  return [...new Set(found.filter((command) => command !== undefined))];
}

export async function which(name: string): Promise<string | undefined> {
  const endings = process.platform === 'win32' ? (process.env.PATHEXT ?? '.EXE;.CMD;.BAT').split(';') : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    // A relative entry would lead into the workspace, which may not be trusted.
    for (const ending of path.isAbsolute(folder) ? endings : []) {
      const candidate = path.join(folder, name + ending);
      if (await isProgram(candidate)) return candidate;
    }
  }
  return undefined;
}

export async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
