/** Read-only documents that the server writes, each line linked to where it comes from: what is in effect for a file,
 * and what another version of its parent would do to it. They follow edits. */

import * as vscode from 'vscode';
import { NotificationType } from 'vscode-languageclient/node';
import type { LanguageClient } from 'vscode-languageclient/node';
import { LANGUAGE } from './client';
import type { Connection } from './connection';
import { contentRequest, effectiveChanged, REMOTE, whatIfChanged } from './protocol';
import type { OfDocument, Origin } from './protocol';

export const EFFECTIVE = 'floe-effective';
export const WHAT_IF = 'floe-whatif';

/** When a view of a file is stale, by its scheme. */
const CHANGED: Record<string, NotificationType<OfDocument>> = { [EFFECTIVE]: effectiveChanged, [WHAT_IF]: whatIfChanged };
const COMMENT = / # .*$/;
const LATER = 1_000;

export class Views implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider, vscode.DefinitionProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  /** By the address of the view. */
  private readonly origins = new Map<string, ReadonlyMap<number, Origin>>();
  /** Those that changed while they were being opened, when nobody listens yet. */
  private readonly stale = new Set<string>();
  /** The client whose answers are shown. */
  private asked: LanguageClient | undefined;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly connection: Connection) {
    const schemes = Object.keys(CHANGED);
    const selector = schemes.map((scheme) => ({ scheme }));
    this.subscriptions = [
      this.changes,
      ...schemes.map((scheme) => vscode.workspace.registerTextDocumentContentProvider(scheme, this)),
      vscode.languages.registerDocumentLinkProvider(selector, this),
      vscode.languages.registerDefinitionProvider(selector, this),
      vscode.workspace.onDidOpenTextDocument((document) => {
        nameLanguage(document);
        if (this.stale.delete(document.uri.toString())) this.changes.fire(document.uri);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => setTimeout(() => this.forget(uri.toString()), LATER)),
      connection.onClient((client) => {
        for (const scheme of schemes) client.onNotification(CHANGED[scheme], ({ uri }) => this.refresh(scheme, vscode.Uri.parse(uri)));
      }),
      // A server that was restarted may know more, or less.
      connection.onChange(() => {
        if (connection.condition !== 'running' || connection.client === this.asked) return;
        this.asked = connection.client;
        for (const scheme of schemes) this.refresh(scheme);
      }),
    ];
  }

  dispose(): void {
    this.subscriptions.forEach((one) => one.dispose());
  }

  /** Shows a view beside its file. */
  async show(view: vscode.Uri): Promise<void> {
    const document = await vscode.workspace.openTextDocument(view);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true });
  }

  async provideTextDocumentContent(view: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const client = this.connection.client;
    if (!client || this.connection.condition !== 'running') return '# The floe language server is not running.\n';
    const found = await client.sendRequest(contentRequest, { uri: client.code2ProtocolConverter.asUri(view) }, token);
    this.origins.set(view.toString(), new Map(found?.origins.map((origin) => [origin.line, origin])));
    return found?.text ?? '# This is no manifest and no data product, or it inherits nothing.\n';
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    const links: vscode.DocumentLink[] = [];
    for (const [line, origin] of this.origins.get(document.uri.toString()) ?? []) {
      const comment = line < document.lineCount ? COMMENT.exec(document.lineAt(line).text) : null;
      if (!comment) continue;
      const range = new vscode.Range(line, comment.index + 3, line, comment.index + comment[0].length);
      const { start } = origin.range;
      const link = new vscode.DocumentLink(range, vscode.Uri.parse(origin.uri).with({ fragment: `L${start.line + 1},${start.character + 1}` }));
      link.tooltip = 'Open the line that decides this';
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

  /** A document is closed and opened anew, too, when its language is named. */
  private forget(view: string): void {
    if (isOpen(view)) return;
    this.origins.delete(view);
    this.stale.delete(view);
  }

  /** The views of a file, or of all, are asked for again. */
  private refresh(scheme: string, source?: vscode.Uri): void {
    for (const view of this.origins.keys()) {
      const uri = vscode.Uri.parse(view);
      if (uri.scheme !== scheme || (source && sourceOf(uri).toString() !== source.toString())) continue;
      if (isOpen(view)) this.changes.fire(uri);
      else this.stale.add(view);
    }
  }
}

/** `floe-effective:/…/Effective floe.yaml?file:///…/floe.yaml` */
export function effectiveOf(source: vscode.Uri): vscode.Uri {
  return viewOf(EFFECTIVE, source, (name) => `Effective ${name}`, source.toString());
}

/** `floe-whatif:/…/floe.yaml with v2.0.0?file:///…/floe.yaml&v2.0.0` */
export function whatIfOf(source: vscode.Uri, ref: string): vscode.Uri {
  const version = ref.split('/').at(-1);
  return viewOf(WHAT_IF, source, (name) => `${name} with ${version}`, `${source.toString()}&${ref}`);
}

function viewOf(scheme: string, source: vscode.Uri, title: (name: string) => string, query: string): vscode.Uri {
  const [, folder, name] = /^(.*\/)?([^/]*)$/.exec(source.path) ?? [];
  return vscode.Uri.from({ scheme, path: `${folder || '/'}${title(name)}`, query });
}

/** The file that is shown in a view; of another document that itself. */
export function sourceOf(uri: vscode.Uri): vscode.Uri {
  if (uri.scheme === EFFECTIVE) return vscode.Uri.parse(uri.query);
  if (uri.scheme === WHAT_IF) return vscode.Uri.parse(uri.query.slice(0, uri.query.lastIndexOf('&')));
  return uri;
}

/** Their names end in whatever a version is called, or an author chose: VS Code cannot tell the language. */
const LANGUAGES: Record<string, string> = { [REMOTE]: LANGUAGE, [EFFECTIVE]: LANGUAGE, [WHAT_IF]: 'floe-changes' };

function nameLanguage(document: vscode.TextDocument): void {
  const language = LANGUAGES[document.uri.scheme];
  if (language !== undefined && document.languageId !== language) void vscode.languages.setTextDocumentLanguage(document, language);
}

function isOpen(view: string): boolean {
  return vscode.workspace.textDocuments.some(({ uri }) => uri.toString() === view);
}
