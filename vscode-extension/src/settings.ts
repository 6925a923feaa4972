/** What the server is told of the settings: those that somebody set. A default must not win over `floe-ls.toml`. */

import * as vscode from 'vscode';

/** Settings of the extension itself. */
const OWN = /^(server|trace|status)\./;

/** For a folder of the window, or, without one, for all. */
export function settingsForServer(context: vscode.ExtensionContext, folder?: vscode.Uri): Record<string, unknown> {
  const settings = vscode.workspace.getConfiguration('floe', folder ?? null);
  const said: Record<string, unknown> = {};
  for (const key of keys(context).filter((name) => !OWN.test(name))) {
    const found = settings.inspect(key);
    const somebody = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue];
    if (somebody.some((value) => value !== undefined)) put(said, key.split('.'), settings.get(key));
  }
  // Without trust the workspace may not say where the server connects to, nor have it read files elsewhere.
  return vscode.workspace.isTrusted ? { ...said, trusted: true } : { ...said, trusted: false, offline: true };
}

/** `hints.overrides` is a key within `hints`. */
function put(into: Record<string, unknown>, [key, ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    into[key] = value;
    return;
  }
  const inner = (into[key] ?? {}) as Record<string, unknown>;
  put(inner, rest, value);
  into[key] = inner;
}

function keys(context: vscode.ExtensionContext): string[] {
  const manifest = context.extension.packageJSON as { contributes: { configuration: { properties: object } } };
  return Object.keys(manifest.contributes.configuration.properties).map((key) => key.replace(/^floe\./, ''));
}
