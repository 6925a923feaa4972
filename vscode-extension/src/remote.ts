/** Manifests that came from a registry, as read-only documents. */

import * as vscode from 'vscode';
import { LANGUAGE } from './client';
import type { Connection } from './connection';
import { REMOTE, textRequest } from './protocol';

/** Where the server announces LSP 3.18's `workspace/textDocumentContent`, the client has its own provider. */
export function showRemoteDocuments(connection: Connection): vscode.Disposable {
  let provider: vscode.Disposable | undefined;
  const subscriptions = [
    connection.onChange(() => {
      const announced = connection.client?.initializeResult?.capabilities.workspace?.textDocumentContent;
      if (connection.condition !== 'running') return;
      provider?.dispose();
      provider = announced ? undefined : vscode.workspace.registerTextDocumentContentProvider(REMOTE, new RemoteText(connection));
    }),
    // Their names end in whatever their authors chose.
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (document.uri.scheme === REMOTE && document.languageId !== LANGUAGE) void vscode.languages.setTextDocumentLanguage(document, LANGUAGE);
    }),
  ];
  return new vscode.Disposable(() => [...subscriptions, provider].forEach((one) => one?.dispose()));
}

class RemoteText implements vscode.TextDocumentContentProvider {
  constructor(private readonly connection: Connection) {}

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string | undefined> {
    // toString(true): `@sha256:…` goes back as it came, not percent-encoded.
    const found = await this.connection.client?.sendRequest(textRequest, { uri: uri.toString(true) }, token);
    return found?.text;
  }
}
