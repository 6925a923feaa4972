/** The effective configuration, the tree and the graph, with the server that makes them. */

import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { drawing } from '../drawing';
import { Tree } from '../mesh';
import type { Mesh } from '../protocol';
import { connection, edit, file, finding, open, parts, place, until } from './workspace';

const CUSTOMER = 'adr/three-tier/sales/customer-360/floe.yaml';
const BROKEN = 'broken/operations-domain-manifest.yaml';
const ENTERPRISE = 'adr/three-tier/enterprise-manifest.yaml';

describe('floe shows', () => {
  before(async () => {
    await connection();
  });

  afterEach(async () => {
    for (const document of vscode.workspace.textDocuments.filter((each) => each.isDirty && each.uri.scheme === 'file')) {
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('the effective configuration, whose lines lead to where they were decided', async () => {
    const view = await effectiveOf(CUSTOMER);
    assert.equal(view.languageId, 'floe');
    assert.match(view.getText(), /type: snowflake +# domain/);
    const at = place(view, 'pii_encryption');
    const [found] = await vscode.commands.executeCommand<vscode.Location[]>('vscode.executeDefinitionProvider', view.uri, at);
    assert.match(found.uri.path, /enterprise-manifest\.yaml$/);
    const there = await vscode.workspace.openTextDocument(found.uri);
    assert.match(there.lineAt(found.range.start.line).text, /pii_encryption: required/);
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', view.uri);
    assert.ok(links.some((link) => link.range.start.line === at.line && link.target?.path === found.uri.path));
  });

  it('the effective configuration as it becomes while a manifest above is edited', async () => {
    const enterprise = await open(file(ENTERPRISE));
    const view = await effectiveOf(CUSTOMER);
    assert.match(view.getText(), /datadog/);
    const at = place(enterprise, 'datadog');
    await edit(enterprise, new vscode.Range(at, at.translate(0, 'datadog'.length)), 'grafana');
    await until('the new value', () => view.getText().includes('grafana'));
  });

  it('what an unsaved edit does to the files below, before and after, with what would be wrong', async () => {
    const { impact } = await parts();
    const enterprise = await open(file(ENTERPRISE));
    await vscode.commands.executeCommand('floe.showImpact', enterprise.uri.toString());
    assert.deepEqual(await impact.getChildren(), []);
    const at = place(enterprise, ', "snowflake"');
    await edit(enterprise, new vscode.Range(at, at.translate(0, ', "snowflake"'.length)), '');
    const children = await until('what breaks', async () => {
      const [first] = await impact.getChildren();
      return first && (await impact.getChildren(first));
    });
    const finding = children.find((each) => each.kind === 'new');
    assert.ok(finding, children.map((each) => each.kind).join(', '));
    const { label, command } = impact.getTreeItem(finding);
    assert.match(String(label), /snowflake is not approved/);
    const [uri, { selection }] = command?.arguments as [vscode.Uri, { selection: vscode.Range }];
    const broken = await vscode.workspace.openTextDocument(uri);
    assert.match(broken.lineAt(selection.start.line).text, /snowflake/);
    assert.ok(children.some((each) => each.kind === 'change' && each.change.path === 'approved_plugins.compute' && !each.change.after?.includes('snowflake')));
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await until('nothing more to tell', async () => (await impact.getChildren()).length === 0);
  });

  it('which files an edit concerns alike', async () => {
    const { impact } = await parts();
    const enterprise = await open(file(ENTERPRISE));
    await vscode.commands.executeCommand('floe.showImpact', enterprise.uri.toString());
    const at = place(enterprise, 'datadog');
    await edit(enterprise, new vscode.Range(at, at.translate(0, 'datadog'.length)), 'grafana');
    const group = await until('files alike', async () => (await impact.getChildren()).find((each) => each.kind === 'group'));
    const files = (await impact.getChildren(group)).filter((each) => each.kind === 'file');
    assert.ok(files.length > 1);
    for (const each of files) assert.equal(impact.getTreeItem(each).command?.command, 'vscode.open');
    const change = (await impact.getChildren(group)).find((each) => each.kind === 'change');
    assert.equal(change && impact.getTreeItem(change).description, 'datadog → grafana');
  });

  it('what another version of a parent would change, as it becomes while the file is edited', async () => {
    const domain = await open(file('remote/x-domain-manifest.yaml'));
    await finding(domain.uri, 'whitelist/not-approved');
    await finding(domain.uri, 'ref/newer-version'); // the tags are known
    const asked = picks();
    try {
      await vscode.commands.executeCommand('floe.whatIf');
      const view = await until('the view', () => vscode.workspace.textDocuments.find((each) => each.uri.scheme === 'floe-whatif' && each.languageId === 'floe-changes'));
      assert.deepEqual(asked.shown[0].slice(0, 1), ['v2.0.0']);
      assert.match(view.uri.path, /x-domain-manifest\.yaml with v2\.0\.0$/);
      await until('the answer', () => view.getText().includes('approved_plugins.compute:'));
      assert.match(view.getText(), /gone:\n {2}- error: .*spark.* # whitelist\/not-approved, line 4/);
      const [found] = await vscode.commands.executeCommand<vscode.Location[]>('vscode.executeDefinitionProvider', view.uri, place(view, 'approved_plugins.compute'));
      assert.equal(found.uri.scheme, 'floe-oci');
      assert.match((await vscode.workspace.openTextDocument(found.uri)).lineAt(found.range.start.line).text, /spark/);
      await edit(domain, new vscode.Range(3, 0, 3, 100), '  compute: duckdb');
      await until('nothing to mend', () => !view.getText().includes('gone:'));
    } finally {
      asked.restore();
    }
  });

  it('hints of what holds, until they are switched off', async () => {
    const document = await open(file(BROKEN));
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const hints = async (): Promise<string> => {
      const found = await vscode.commands.executeCommand<vscode.InlayHint[]>('vscode.executeInlayHintProvider', document.uri, whole);
      return found.map(({ label }) => (typeof label === 'string' ? label : label.map((part) => part.value).join(''))).join('\n');
    };
    await until('hints', async () => /effective: required \(enterprise\)/.test(await hints()));
    const settings = vscode.workspace.getConfiguration('floe');
    await settings.update('hints.overrides', false, vscode.ConfigurationTarget.Workspace);
    await until('none of this kind', async () => !(await hints()).includes('effective: required'));
    await settings.update('hints.overrides', undefined, vscode.ConfigurationTarget.Workspace);
    await until('hints again', async () => (await hints()).includes('effective: required'));
  });

  it('lenses that open the effective configuration, the parent and the inheritors', async () => {
    const document = await open(file(ENTERPRISE));
    const lenses = await until('lenses', async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 10);
      return found.length > 1 && found;
    });
    const there = new Set(await vscode.commands.getCommands(true));
    for (const lens of lenses) assert.ok(there.has(lens.command?.command ?? ''), lens.command?.command);
    assert.ok(lenses.some((lens) => /products inherit/.test(lens.command?.title ?? '')));
  });

  it('who inherits from whom, with the findings of each file', async () => {
    const mesh = await until('the whole mesh', async () => {
      const found = await (await connection()).client?.sendRequest<Mesh>('floe/graph', {});
      return found?.nodes.some((node) => node.uri.endsWith(BROKEN) && node.errors === 4) && found;
    });
    const tree = new Tree(mesh);
    const enterprise = tree.roots.find((root) => root.uri.endsWith(`examples/${ENTERPRISE}`));
    assert.ok(enterprise, tree.roots.map((root) => root.uri).join(', '));
    const domains = tree.children(enterprise);
    assert.ok(domains.some((domain) => domain.tier === 'domain' && tree.children(domain).some((each) => each.name === 'customer-360')));
    const operations = domains.find((domain) => domain.uri.endsWith(BROKEN));
    assert.equal(operations?.errors, 4);
    assert.ok(tree.troubles(enterprise).errors >= 4);
    assert.match(drawing(tree), /4 errors/);
  });
});

/** Lists to choose from, which are not shown: the first thing of each is taken. */
function picks(): { shown: string[][]; restore: () => void } {
  const show = vscode.window.showQuickPick;
  const shown: string[][] = [];
  const window = vscode.window as { showQuickPick: unknown };
  window.showQuickPick = (items: vscode.QuickPickItem[]) => {
    shown.push(items.map(({ label }) => label));
    return Promise.resolve(items[0]);
  };
  return { shown, restore: () => (window.showQuickPick = show) };
}

async function effectiveOf(path: string): Promise<vscode.TextDocument> {
  await open(file(path));
  await vscode.commands.executeCommand('floe.showEffective');
  return until('the view', () => vscode.workspace.textDocuments.find((each) => each.uri.scheme === 'floe-effective' && each.languageId === 'floe' && each.lineCount > 3));
}
