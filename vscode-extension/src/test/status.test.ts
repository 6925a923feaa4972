/** The item in the status bar. */

import * as assert from 'node:assert/strict';
import * as net from 'node:net';
import * as vscode from 'vscode';
import { edit, file, open, parts, until, written } from './workspace';

const SALES = 'adr/three-tier/sales/sales-domain-manifest.yaml';

describe('the status item of floe', () => {
  let item: vscode.StatusBarItem;

  before(async () => {
    item = (await parts()).status.item;
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('says the version, and where the server was found', async () => {
    await open(file(SALES));
    await says('$(layers) floe');
    const { version } = vscode.extensions.getExtension('floe-dev.floe')?.packageJSON as { version: string };
    assert.match(tooltip(item), new RegExp(`^\\*\\*floe\\*\\* ${version.replaceAll('.', '\\.')}\\b`));
    assert.match(tooltip(item), /floe\.server\.path/);
  });

  it('counts the parents that are waited for', async () => {
    const registry = net.createServer().listen(0, '127.0.0.1'); // it never answers
    await until('a port', () => registry.listening);
    const { port } = registry.address() as net.AddressInfo;
    const document = await open(await written('status/waits-manifest.yaml', `scope: domain\nparent_manifest: oci://127.0.0.1:${port}/up:v1\n`));
    await says('$(sync~spin) floe: resolving 1 parent');
    await edit(document, document.lineAt(1).range, '');
    await says('$(layers) floe'); // nobody waits for it any more
    await document.save();
    registry.close();
  });

  it('counts the parents that could not be had', async () => {
    await open(await written('status/gone-manifest.yaml', 'scope: domain\nparent_manifest: ./nowhere-manifest.yaml\n'));
    await says('$(warning) floe: 1 parent not available');
    assert.match(tooltip(item), /Refresh Parents/);
    await written('status/nowhere-manifest.yaml', 'scope: enterprise\n');
    await says('$(layers) floe');
  });

  it('says that the settings close the network', async () => {
    await open(file(SALES));
    const settings = vscode.workspace.getConfiguration('floe');
    await settings.update('offline', true, vscode.ConfigurationTarget.Workspace);
    await says('$(debug-disconnect) floe: offline');
    await settings.update('offline', undefined, vscode.ConfigurationTarget.Workspace);
    await says('$(layers) floe');
  });

  it('says that the file of settings closes the network', async () => {
    const own = await written('status/closed/floe-ls.toml', 'offline = true\n');
    await open(await written('status/closed/manifest.yaml', 'scope: enterprise\n'));
    await says('$(debug-disconnect) floe: offline');
    await vscode.workspace.fs.delete(own);
    await says('$(layers) floe');
  });

  async function says(text: string): Promise<void> {
    await until(() => `${text}; it says ${item.text}`, () => item.text === text);
  }
});

function tooltip(item: vscode.StatusBarItem): string {
  return (item.tooltip as vscode.MarkdownString).value;
}
