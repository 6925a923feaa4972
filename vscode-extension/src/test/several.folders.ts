/** A window with two folders, of which one has settings of its own. */

import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { codeOf, connection, finding, open, until } from './workspace';

const CODE = 'observability/immutable';

describe('floe in a window of several folders', () => {
  before(async () => {
    await connection();
  });

  it('judges each file by the settings of its folder', async () => {
    const [one, two] = [await broken(0), await broken(1)];
    await until('the severity of its folder', () => severity(two) === vscode.DiagnosticSeverity.Hint);
    assert.equal(severity(one), vscode.DiagnosticSeverity.Error);
  });

  it('shows the hints of a folder as it wants them', async () => {
    const [one, two] = [await broken(0), await broken(1)];
    await until('hints', async () => (await hints(one)).includes('effective: required'));
    assert.doesNotMatch(await hints(two), /effective: required/);
  });

  it('follows when the settings of one folder change', async () => {
    const [one, two] = [await broken(0), await broken(1)];
    const rules = (folder: number): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('floe', vscode.workspace.workspaceFolders?.[folder]);
    await rules(0).update('rules', { [CODE]: 'information' }, vscode.ConfigurationTarget.WorkspaceFolder);
    await until('the new severity', () => severity(one) === vscode.DiagnosticSeverity.Information);
    assert.equal(severity(two), vscode.DiagnosticSeverity.Hint);
    await rules(0).update('rules', undefined, vscode.ConfigurationTarget.WorkspaceFolder);
    await until('the old severity', () => severity(one) === vscode.DiagnosticSeverity.Error);
  });

  it('starts the one server that the window names', async () => {
    const running = await connection();
    assert.equal(running.launch?.from, 'floe.server.path');
  });
});

async function broken(folder: number): Promise<vscode.Uri> {
  const root = vscode.workspace.workspaceFolders?.[folder];
  assert.ok(root);
  const { uri } = await open(vscode.Uri.joinPath(root.uri, 'broken/operations-domain-manifest.yaml'));
  await finding(uri, CODE, '`jaeger`');
  return uri;
}

function severity(uri: vscode.Uri): vscode.DiagnosticSeverity | undefined {
  return vscode.languages.getDiagnostics(uri).find((each) => codeOf(each) === CODE && each.message.includes('`jaeger`'))?.severity;
}

async function hints(uri: vscode.Uri): Promise<string> {
  const found = await vscode.commands.executeCommand<vscode.InlayHint[]>('vscode.executeInlayHintProvider', uri, new vscode.Range(0, 0, 100, 0));
  return found.map(({ label }) => (typeof label === 'string' ? label : label.map((part) => part.value).join(''))).join('\n');
}
