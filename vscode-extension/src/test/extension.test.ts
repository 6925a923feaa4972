/** The extension in VS Code's own extension host, with a real server. The workspace is a copy of examples/. */

import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { RESTARTS } from '../connection';
import type { Connection } from '../connection';
import { codesOf, connection, edit, file, finding, hoverText, messages, open, place, until, written } from './workspace';

const BROKEN = 'broken/operations-domain-manifest.yaml';
const SALES = 'adr/three-tier/sales/sales-domain-manifest.yaml';
const ENTERPRISE = 'adr/three-tier/enterprise-manifest.yaml';

describe('floe', () => {
  before(async () => {
    await connection();
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('runs in VS Code, from its folder, with the server that the setting names', async () => {
    const running = await connection();
    assert.equal(vscode.extensions.getExtension('floe-dev.floe')?.isActive, true);
    assert.equal(running.condition, 'running');
    assert.equal(running.launch?.from, 'floe.server.path');
  });

  it("gives floe's files the language floe, and keeps YAML for others", async () => {
    assert.equal((await open(file(SALES))).languageId, 'floe');
    assert.equal((await open(file('adr/three-tier/sales/customer-360/floe.yaml'))).languageId, 'floe');
    assert.equal((await open(await written('settings.yaml', 'services: {}\n'))).languageId, 'yaml');
    const foreign = await open(await written('kubernetes/manifest.yaml', 'apiVersion: apps/v1\nkind: Deployment\n'));
    await until('YAML', () => vscode.workspace.textDocuments.find((each) => each.uri.path === foreign.uri.path)?.languageId === 'yaml');
    assert.deepEqual(codesOf(foreign.uri), []);
  });

  it('shows what is wrong, where, and where that was decided', async () => {
    const document = await open(file(BROKEN));
    const found = await finding(document.uri, 'security/override', 'pii_encryption');
    assert.match(found.message, /^Cannot override security policy/);
    assert.equal(found.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(document.getText(found.range), 'optional');
    assert.match(found.relatedInformation?.[0].location.uri.path ?? '', /three-tier\/enterprise-manifest\.yaml$/);
    assert.match((found.code as { target: vscode.Uri }).target.toString(true), /security\/override/);
  });

  it('tells the story of a value on hover', async () => {
    const document = await open(file(SALES));
    const text = await until('the story', async () => {
      const said = await hoverText(document.uri, place(document, 'data_retention_days'));
      return said.includes('30') && said;
    });
    assert.match(text, /90/);
    assert.match(text, /enterprise-manifest\.yaml/);
  });

  it('proposes what the whitelist has, and says of the rest that it is not approved', async () => {
    const document = await open(file(SALES));
    const at = place(document, 'compute: snowflake', 'snowflake');
    const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, at);
    const values = list.items.filter((item) => item.detail?.includes('approved'));
    values.sort((one, other) => (one.sortText ?? '').localeCompare(other.sortText ?? ''));
    assert.deepEqual(values.slice(0, 2).map(nameOf).sort(), ['duckdb', 'snowflake']);
    for (const rest of values.slice(2)) assert.match(rest.detail ?? '', /^not approved by/);
  });

  it('mends a finding by its quick fix', async () => {
    const document = await open(file(BROKEN));
    const found = await finding(document.uri, 'security/override', 'pii_encryption');
    const fixes = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, found.range, 'quickfix', 10);
    const fix = fixes.find((each) => each.title === 'Change to `required`');
    assert.ok(fix?.edit, fixes.map((each) => each.title).join(', '));
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.match(document.getText(), /pii_encryption: required {2,}#/);
    await until('the finding goes', () => !vscode.languages.getDiagnostics(document.uri).some((each) => /^Cannot override.*pii_encryption/.test(each.message)));
  });

  it('judges a domain by its unsaved parent', async () => {
    const domain = await open(file(SALES));
    const parent = await open(file(ENTERPRISE));
    const at = place(parent, ', "snowflake"');
    await edit(parent, new vscode.Range(at, at.translate(0, ', "snowflake"'.length)), '');
    await finding(domain.uri, 'whitelist/not-approved');
    assert.match(fs.readFileSync(parent.uri.fsPath, 'utf8'), /snowflake/);
  });

  it('puts columns right behind an emoji, and in files with CRLF', async () => {
    const text = fs.readFileSync(file(BROKEN).fsPath, 'utf8');
    const mixed = text.replace(/plugins:\n.*\n.*\n/, 'plugins: {"catalog": "Größe 🧊", "compute": spark}\n').replaceAll('\n', '\r\n');
    const document = await open(await written('broken/emoji-domain-manifest.yaml', mixed));
    assert.equal(document.eol, vscode.EndOfLine.CRLF);
    const found = await finding(document.uri, 'whitelist/not-approved');
    assert.equal(document.getText(found.range), 'spark');
    const override = await finding(document.uri, 'security/override', 'audit_logging');
    assert.equal(document.getText(override.range), 'disabled');
  });

  it('answers in a file of 5,000 lines', async () => {
    const transforms = Array.from({ length: 1660 }, (_, index) => `  - type: dbt\n    name: step_${index}\n    path: models/\n`).join('');
    const document = await open(await written('adr/three-tier/sales/long/floe.yaml', `platform:\n  ref: oci://registry/sales-domain-manifest:v2.1.0\ntransforms:\n${transforms}wrong_key: 1\n`));
    assert.ok(document.lineCount > 4980);
    const unknown = (key: string): Promise<unknown> =>
      until(key, () => vscode.languages.getDiagnostics(document.uri).find((each) => each.range.start.line === document.lineCount - 2 && each.message.includes(key)));
    await unknown('wrong_key');
    await edit(document, new vscode.Range(document.lineCount - 2, 0, document.lineCount - 2, 5), 'mistaken');
    await unknown('mistaken_key');
  });

  it('judges a file outside of any workspace', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'floe-'));
    fs.copyFileSync(file(ENTERPRISE).fsPath, path.join(folder, 'enterprise-manifest.yaml'));
    fs.writeFileSync(path.join(folder, 'my-domain-manifest.yaml'), 'scope: domain\nparent_manifest: enterprise-manifest.yaml\nplugins:\n  compute: spark\n');
    const document = await open(vscode.Uri.file(path.join(folder, 'my-domain-manifest.yaml')));
    await finding(document.uri, 'whitelist/not-approved');
    fs.rmSync(folder, { recursive: true });
  });

  it('judges a new file before it is saved', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'floe', content: 'scope: enterprise\ngovernance:\n  data_retention_days: soon\n' });
    await vscode.window.showTextDocument(document);
    const found = await until('an error', () =>
      vscode.languages.getDiagnostics(document.uri).find((each) => each.severity === vscode.DiagnosticSeverity.Error),
    );
    assert.equal(document.getText(found.range), 'soon');
  });

  it('says that a parent was deleted, and is silent about what it decided', async () => {
    const parent = await written('gone/enterprise-manifest.yaml', 'scope: enterprise\napproved_plugins:\n  compute: [duckdb]\n');
    const domain = await open(await written('gone/a-domain-manifest.yaml', 'scope: domain\nparent_manifest: ./enterprise-manifest.yaml\nplugins:\n  compute: spark\n'));
    await finding(domain.uri, 'whitelist/not-approved');
    await vscode.workspace.fs.delete(parent);
    await until('the finding goes', () => !codesOf(domain.uri).includes('whitelist/not-approved'));
    const found = await until('a word on the reference', () => vscode.languages.getDiagnostics(domain.uri).find((each) => each.range.start.line === 1));
    assert.match(found.message, /enterprise-manifest\.yaml/);
  });

  it('judges files that nobody has open, and follows an edit of their parent that is not saved', async () => {
    const parent = await written('unopened/enterprise-manifest.yaml', 'scope: enterprise\napproved_plugins:\n  compute: [duckdb, spark]\n');
    const closed = await written('unopened/a-domain-manifest.yaml', 'scope: domain\nparent_manifest: ./enterprise-manifest.yaml\nplugins:\n  compute: snowflake\n');
    await finding(closed, 'whitelist/not-approved');
    const document = await open(parent);
    await edit(document, new vscode.Range(place(document, 'spark'), place(document, 'spark').translate(0, 'spark'.length)), 'snowflake');
    await until('the finding goes', () => !codesOf(closed).includes('whitelist/not-approved'));
    assert.ok(!vscode.workspace.textDocuments.some((each) => each.uri.path === closed.path));
    await vscode.workspace.fs.delete(file('unopened'), { recursive: true });
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('tells the server of settings that somebody set, and of no others', async () => {
    const settings = vscode.workspace.getConfiguration('floe');
    const document = await open(file(BROKEN));
    await finding(document.uri, 'observability/immutable');
    const jaeger = () => vscode.languages.getDiagnostics(document.uri).find((each) => each.message.includes('`jaeger`'))?.severity;
    await settings.update('rules', { 'observability/immutable': 'hint' }, vscode.ConfigurationTarget.Workspace);
    await until('the severity of the setting', () => jaeger() === vscode.DiagnosticSeverity.Hint);
    await settings.update('rules', undefined, vscode.ConfigurationTarget.Workspace);
    await until('the severity of the rule', () => jaeger() === vscode.DiagnosticSeverity.Error);
  });

  it('starts a server again that was killed', async () => {
    const running = await connection();
    const document = await open(file(BROKEN));
    await finding(document.uri, 'security/override');
    const before = processOf(running);
    process.kill(before, 'SIGKILL');
    await until(() => `another process; the client is ${running.condition}`, () => running.condition === 'running' && processOf(running) !== before);
    await until('hover of the new one', async () => (await hoverText(document.uri, place(document, 'data_retention_days'))).includes('7'));
    await finding(document.uri, 'security/override');
  });

  it('starts a server that dies at once five times more, and then says why', async () => {
    const running = await connection();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'floe-'));
    const script = path.join(folder, 'floe-ls');
    fs.writeFileSync(script, `#!/bin/sh\necho start >>${folder}/starts\necho 'no module of that name' >&2\nexit 3\n`, { mode: 0o755 });
    const settings = vscode.workspace.getConfiguration('floe');
    const python = settings.get<string>('server.path');
    const told = messages();
    try {
      await settings.update('server.path', script, vscode.ConfigurationTarget.Workspace);
      const [message, ...buttons] = await until('a message', () => told.shown[0]);
      assert.equal(fs.readFileSync(path.join(folder, 'starts'), 'utf8').trim().split('\n').length, 1 + RESTARTS);
      assert.match(message, /ended 6 times within three minutes and is not started again/);
      assert.match(message, /exit code 3: no module of that name$/);
      assert.deepEqual(buttons, ['Show Log', 'Restart']);
      assert.equal(running.condition, 'failed');
      assert.equal(told.shown.length, 1);
    } finally {
      await settings.update('server.path', python, vscode.ConfigurationTarget.Workspace);
      await until('the server of before', () => running.condition === 'running');
      told.restore();
      fs.rmSync(folder, { recursive: true });
    }
    await finding((await open(file(BROKEN))).uri, 'security/override');
  });

  it('takes the server on the PATH where nothing else is said, and says in one message that there is no Python', async () => {
    const running = await connection();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'floe-'));
    const settings = vscode.workspace.getConfiguration('floe');
    const [python, before] = [settings.get<string>('server.path') ?? '', process.env.PATH];
    fs.writeFileSync(path.join(folder, 'floe-ls'), `#!/bin/sh\nexec ${python} -m floe_ls "$@"\n`, { mode: 0o755 });
    const told = messages();
    try {
      process.env.PATH = folder;
      await settings.update('server.path', undefined, vscode.ConfigurationTarget.Workspace);
      await until('that server', () => running.condition === 'running' && running.launch?.from === 'found on the PATH');
      process.env.PATH = '/nowhere';
      await running.start();
      await running.start();
      assert.equal(running.condition, 'missing');
      assert.equal(told.shown.length, 1);
      const [message, ...buttons] = told.shown[0];
      assert.match(message, /^floe needs Python 3\.11 or later, and found none\. Install one, or name one/);
      assert.deepEqual(buttons, ['Open Settings', 'Show Log']);
    } finally {
      process.env.PATH = before;
      await settings.update('server.path', python, vscode.ConfigurationTarget.Workspace);
      await until('the server of before', () => running.condition === 'running');
      told.restore();
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('keeps the server where another start would be the same, and starts anew on demand', async () => {
    const running = await connection();
    const before = processOf(running);
    await running.start();
    assert.equal(processOf(running), before);
    await vscode.commands.executeCommand('floe.restart');
    assert.equal(running.condition, 'running');
    assert.notEqual(processOf(running), before);
  });

  it('has each command that its manifest promises', async () => {
    const there = new Set(await vscode.commands.getCommands(true));
    const { contributes } = vscode.extensions.getExtension('floe-dev.floe')?.packageJSON as { contributes: { commands: { command: string }[] } };
    for (const { command } of contributes.commands) assert.ok(there.has(command), command);
  });
});

function nameOf(item: vscode.CompletionItem): string {
  return typeof item.label === 'string' ? item.label : item.label.label;
}

function processOf({ process }: Connection): number {
  return process?.child.pid ?? 0;
}
