/** Ways from one file to another: definitions, remote documents, renames. */

import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { connection, file, finding, hoverText, open, place, until } from './workspace';

const SALES = 'adr/three-tier/sales/sales-domain-manifest.yaml';
const NAMED = 'v1/three-tier/sales/sales-domain-manifest.yaml';
const CUSTOMER = 'adr/three-tier/sales/customer-360/floe.yaml';

describe('floe between files', () => {
  before(async () => {
    await connection();
  });

  afterEach(async () => {
    for (const document of vscode.workspace.textDocuments.filter((each) => each.isDirty)) {
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('leads from a reference to the manifest, and from a key to the line that decides it', async () => {
    const product = await open(file(CUSTOMER));
    const manifest = await definition(product, place(product, 'oci://registry', 'registry'));
    assert.match(manifest.uri.path, /sales-domain-manifest\.yaml$/);
    const domain = await open(file(SALES));
    const decided = await definition(domain, place(domain, 'compute: snowflake', 'snowflake'));
    assert.match(decided.uri.path, /enterprise-manifest\.yaml$/);
  });

  for (const [from, path, registry] of [
    ['a registry', 'remote/x-domain-manifest.yaml', /^127\.0\.0\.1:\d+$/],
    ['the mirror of one', 'mirrored/x-domain-manifest.yaml', /^registry\.example\.com$/],
  ] as const) {
    it(`leads into a parent from ${from}, which is shown read-only and has hovers of its own`, async () => {
      const domain = await open(file(path));
      const found = await finding(domain.uri, 'whitelist/not-approved');
      assert.equal(found.relatedInformation?.[0].location.uri.scheme, 'floe-oci');
      const there = await definition(domain, place(domain, 'oci://', '//'));
      assert.equal(there.uri.scheme, 'floe-oci');
      assert.match(there.uri.authority, registry);
      const manifest = await open(there.uri);
      assert.match(manifest.getText(), /^# enterprise-manifest\.yaml/);
      await until('the language', () => vscode.window.activeTextEditor?.document.languageId === 'floe');
      const text = await until('hover', () => hoverText(there.uri, place(manifest, 'data_retention_days')));
      assert.match(text, /governance\.data_retention_days/);
      assert.deepEqual(vscode.languages.getDiagnostics(there.uri), []);
      const before = manifest.getText();
      await vscode.commands.executeCommand('type', { text: 'x' });
      assert.equal(manifest.getText(), before);
      await open(domain.uri);
      await vscode.commands.executeCommand('type', { text: 'x' });
      assert.ok(domain.isDirty, 'in other documents that is how one writes');
    });
  }

  it('renames a product in its own file and in that of its domain', async () => {
    const domain = await open(file(NAMED));
    const at = place(domain, '- customer-360', 'customer');
    const change = await vscode.commands.executeCommand<vscode.WorkspaceEdit>('vscode.executeDocumentRenameProvider', domain.uri, at, 'customer-720');
    const files = change.entries().map(([uri]) => vscode.workspace.asRelativePath(uri));
    assert.deepEqual(files.sort(), [NAMED, 'v1/three-tier/sales/customer-360/floe.yaml'].sort());
    assert.ok(await vscode.workspace.applyEdit(change));
    assert.match(domain.getText(), /- customer-720/);
  });

  it('lists the symbols of a file and of the workspace', async () => {
    const domain = await open(file(SALES));
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', domain.uri);
    assert.ok(symbols.length > 0);
    const found = await until('the product', async () => {
      const all = await vscode.commands.executeCommand<vscode.SymbolInformation[]>('vscode.executeWorkspaceSymbolProvider', 'sales-forecast');
      return all.find((each) => each.name.includes('sales-forecast'));
    });
    assert.ok(found.location.uri.path.length > 0);
  });
});

async function definition(document: vscode.TextDocument, at: vscode.Position): Promise<{ uri: vscode.Uri; range: vscode.Range }> {
  return until(`a definition at ${at.line + 1}:${at.character + 1} of ${document.uri.path}`, async () => {
    const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>('vscode.executeDefinitionProvider', document.uri, at);
    const first = found[0];
    if (!first) return undefined;
    return 'targetUri' in first ? { uri: first.targetUri, range: first.targetSelectionRange ?? first.targetRange } : first;
  });
}
