/** Beside an extension for all YAML, which has schemas for some of our names, and one that claims other names of ours. */

import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { connection, edit, finding, hoverText, open, place, until, written } from './workspace';

// What the schema of the test (tests/editors/test_vscode.py) knows and floe does not.
const THEIRS = 'key_of_another_schema';

describe('floe beside other extensions for YAML', () => {
  before(async () => {
    await connection();
    await vscode.extensions.getExtension('redhat.vscode-yaml')?.activate();
  });

  it('leaves other YAML to the other server', async () => {
    const { uri } = await open(await written('dataproducts/other.yaml', 'unknown: 1\nsame: 1\nsame: 2\n'));
    await until('findings of the other server', () => sources(uri).length > 0);
    assert.ok(!sources(uri).includes('floe'), sources(uri).join(', '));
    assert.ok((await labels(uri, new vscode.Position(3, 0))).includes(THEIRS));
  });

  for (const [index, path] of ['dataproducts/floe.yaml', 'source-orders/manifest.yaml', 'adr/three-tier/hr/hr-domain-manifest.yaml', 'dataproducts/hr_manifest.yml'].entries()) {
    it(`has ${path} to itself`, async () => {
      const product = path.endsWith('floe.yaml');
      const text = product ? 'name: a\nname: b\nplatform:\n  ref: x\n' : 'scope: domain\nparent_manifest: x\nplugins:\n  compute: a\n  compute: b\n';
      const document = await open(await written(path, text));
      assert.equal(document.languageId, 'floe');
      await finding(document.uri, 'yaml/duplicate-key');
      // The other server answers about its own files, and so had the time to speak about this one.
      const { uri: control } = await open(await written(`dataproducts/control${index}.yaml`, 'same: 1\nsame: 2\n'));
      await until('findings of the other server', () => sources(control).length > 0);
      assert.deepEqual([...new Set(sources(document.uri))], ['floe']);
      const lines = vscode.languages.getDiagnostics(document.uri).map(({ range, message }) => `${range.start.line} ${message}`);
      assert.equal(new Set(lines).size, lines.length, lines.join('\n'));
      const end = document.positionAt(document.getText().length);
      const proposed = await labels(document.uri, end);
      assert.ok(proposed.includes(product ? 'transforms' : 'governance'), proposed.join(', '));
      assert.equal(new Set(proposed).size, proposed.length, proposed.join(', '));
      assert.ok(!proposed.includes(THEIRS));
      assert.doesNotMatch(await hoverText(document.uri, place(document, product ? 'name' : 'scope')), /another schema/);
    });
  }

  it('gives manifests of Kubernetes back, under each of its names', async () => {
    for (const path of ['kubernetes/manifest.yaml', 'kubernetes/web-manifest.yaml']) {
      const { uri } = await open(await written(path, 'apiVersion: apps/v1\nkind: Deployment\nkind: Deployment\n'));
      await language(uri, 'yaml');
      await until('findings of the other server', () => sources(uri).length > 0);
      assert.ok(!sources(uri).includes('floe'));
    }
  });

  it('takes its own from the extension for Cloud Foundry, and leaves it the rest', async () => {
    const ours = 'scope: enterprise\nplugins:\n  compute: duckdb\n';
    for (const path of ['cf/manifest.yml', 'cf/hr-manifest.yml', 'cf/hr_manifest.yml']) {
      assert.equal((await open(await written(path, ours))).languageId, 'floe', path);
    }
    const theirs = 'applications:\n- name: web\n  memory: 1G\n';
    assert.equal((await open(await written('cf/web/manifest-production.yml', theirs))).languageId, 'manifest-yaml');
    for (const path of ['cf/web/manifest.yml', 'cf/web/web-manifest.yml']) {
      const { uri } = await open(await written(path, theirs));
      await language(uri, 'manifest-yaml');
      assert.deepEqual(sources(uri), []);
    }
  });

  it('goes on where somebody wants YAML for all', async () => {
    const document = await open(await written('yaml/ours-manifest.yaml', 'scope: enterprise\napproved_plugins:\n  compute: [duckdb]\nplugins:\n  compute: spark\n'));
    await finding(document.uri, 'plugins/default-not-approved');
    const yaml = await vscode.languages.setTextDocumentLanguage(document, 'yaml');
    await edit(yaml, new vscode.Range(4, 11, 4, 16), 'trino');
    await until('a finding about the new text', () => vscode.languages.getDiagnostics(yaml.uri).some(({ message }) => message.includes('trino')));
  });
});

function sources(uri: vscode.Uri): string[] {
  return vscode.languages.getDiagnostics(uri).map(({ source }) => source ?? '');
}

async function labels(uri: vscode.Uri, at: vscode.Position): Promise<string[]> {
  const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', uri, at);
  const items = list.items.filter(({ kind }) => kind !== vscode.CompletionItemKind.Snippet);
  return items.map(({ label }) => (typeof label === 'string' ? label : label.label));
}

async function language(uri: vscode.Uri, id: string): Promise<void> {
  await until(id, () => vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString())?.languageId === id);
}
