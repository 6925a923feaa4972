/** What the tests share: files of the workspace, places in them, and waiting for what VS Code shows. */

import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Connection } from '../connection';
import type { Parts } from '../extension';

export async function parts(): Promise<Parts> {
  const extension = vscode.extensions.getExtension<Parts>('floe-dev.floe');
  assert.ok(extension, 'the extension is not there');
  return extension.activate();
}

export async function connection(): Promise<Connection> {
  return (await parts()).connection;
}

export function file(path: string): vscode.Uri {
  const root = vscode.workspace.workspaceFolders?.[0].uri;
  assert.ok(root);
  return vscode.Uri.joinPath(root, path);
}

export async function open(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: false });
  return document;
}

export async function written(path: string, text: string): Promise<vscode.Uri> {
  await vscode.workspace.fs.writeFile(file(path), Buffer.from(text));
  return file(path);
}

/** The place of a text, or of a part of it. */
export function place(document: vscode.TextDocument, text: string, part = text): vscode.Position {
  const at = document.getText().indexOf(text);
  assert.ok(at >= 0, `${text} is not in the document`);
  return document.positionAt(at + text.indexOf(part));
}

/** The first answer that is not empty; asked again whenever something may have changed. */
export async function until<T>(what: string | (() => string), answer: () => T | undefined | false | null | Promise<T | undefined | false | null>, ms = 20_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await answer();
    if (found) return found;
    if (Date.now() > end) throw new Error(`did not come about: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export function codesOf(uri: vscode.Uri): string[] {
  return vscode.languages.getDiagnostics(uri).map(codeOf);
}

export function codeOf(finding: vscode.Diagnostic): string {
  const { code } = finding;
  return String(typeof code === 'object' ? code.value : code);
}

export async function finding(uri: vscode.Uri, code: string, words = ''): Promise<vscode.Diagnostic> {
  return until(() => `${code} in ${uri.path}; there is ${codesOf(uri).join(', ')}`, () =>
    vscode.languages.getDiagnostics(uri).find((each) => codeOf(each) === code && each.message.includes(words)),
  );
}

export async function hoverText(uri: vscode.Uri, at: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, at);
  return hovers.flatMap((hover) => hover.contents.map((part) => (part as vscode.MarkdownString).value)).join('\n');
}

export async function edit(document: vscode.TextDocument, range: vscode.Range, text: string): Promise<void> {
  const change = new vscode.WorkspaceEdit();
  change.replace(document.uri, range, text);
  assert.ok(await vscode.workspace.applyEdit(change));
}

/** The messages that the extension shows from now on, each with its buttons. Nobody presses one. */
export function messages(): { shown: string[][]; restore: () => void } {
  const show = vscode.window.showErrorMessage;
  const shown: string[][] = [];
  const window = vscode.window as { showErrorMessage: unknown };
  window.showErrorMessage = (...words: string[]) => {
    shown.push(words);
    return Promise.resolve(undefined);
  };
  return { shown, restore: () => (window.showErrorMessage = show) };
}
