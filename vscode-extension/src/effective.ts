/** The effective configuration as a read-only document that follows its file, each line linked to where it was decided. */

import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { Connection } from './connection';
import { effectiveChanged, effectiveRequest } from './protocol';
import type { Origin } from './protocol';

export const EFFECTIVE = 'floe-effective';
const COMMENT = / # .*$/;

export class EffectiveView implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider, vscode.DefinitionProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  /** By the address of the view. */
  private readonly origins = new Map<string, ReadonlyMap<number, Origin>>();
  /** The client whose answers are shown. */
  private asked: LanguageClient | undefined;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly connection: Connection) {
    const selector = { scheme: EFFECTIVE };
    this.subscriptions = [
      this.changes,
      vscode.workspace.registerTextDocumentContentProvider(EFFECTIVE, this),
      vscode.languages.registerDocumentLinkProvider(selector, this),
      vscode.languages.registerDefinitionProvider(selector, this),
      vscode.workspace.onDidCloseTextDocument((document) => this.origins.delete(document.uri.toString())),
      connection.onClient((client) => {
        client.onNotification(effectiveChanged, ({ uri }) => {
          const source = vscode.Uri.parse(uri);
          if (isOpen(viewOf(source))) this.changes.fire(viewOf(source));
        });
      }),
      // A server that was restarted may know more, or less.
      connection.onChange(() => {
        if (connection.condition !== 'running' || connection.client === this.asked) return;
        this.asked = connection.client;
        for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === EFFECTIVE) this.changes.fire(uri);
      }),
    ];
  }

  dispose(): void {
    this.subscriptions.forEach((one) => one.dispose());
  }

  /** Shows the view of a file beside it. */
  async show(source: vscode.Uri): Promise<void> {
    const document = await vscode.workspace.openTextDocument(viewOf(source));
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true });
  }

  async provideTextDocumentContent(view: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const client = this.connection.client;
    if (!client || this.connection.condition !== 'running') return '# The floe language server is not running.\n';
    const found = await client.sendRequest(effectiveRequest, { uri: client.code2ProtocolConverter.asUri(sourceOf(view)) }, token);
    this.origins.set(view.toString(), new Map(found?.origins.map((origin) => [origin.line, origin])));
    return found?.text ?? '# This is no manifest and no data product, so nothing is inherited.\n';
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    const links: vscode.DocumentLink[] = [];
    for (const [line, origin] of this.origins.get(document.uri.toString()) ?? []) {
      const comment = line < document.lineCount ? COMMENT.exec(document.lineAt(line).text) : null;
      if (!comment) continue;
      const range = new vscode.Range(line, comment.index + 3, line, comment.index + comment[0].length);
      const { start } = origin.range;
      const link = new vscode.DocumentLink(range, vscode.Uri.parse(origin.uri).with({ fragment: `L${start.line + 1},${start.character + 1}` }));
      link.tooltip = 'Open the line that decided this';
      links.push(link);
    }
    return links;
  }

  provideDefinition(document: vscode.TextDocument, position: vscode.Position): vscode.Location | undefined {
    const origin = this.origins.get(document.uri.toString())?.get(position.line);
    if (!origin) return undefined;
    const { start, end } = origin.range;
    return new vscode.Location(vscode.Uri.parse(origin.uri), new vscode.Range(start.line, start.character, end.line, end.character));
  }
}

/** `floe-effective:/…/Effective floe.yaml?file:///…/floe.yaml`; package.json gives such names our language. */
function viewOf(source: vscode.Uri): vscode.Uri {
  const [, folder, name] = /^(.*\/)?([^/]*)$/.exec(source.path) ?? [];
  return vscode.Uri.from({ scheme: EFFECTIVE, path: `${folder || '/'}Effective ${name}`, query: source.toString() });
}

export function sourceOf(view: vscode.Uri): vscode.Uri {
  return vscode.Uri.parse(view.query);
}

function isOpen(uri: vscode.Uri): boolean {
  return vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
}
