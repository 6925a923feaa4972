/** Files that are called manifests and are none of floe's: they are given back to whoever else reads them. */

import * as vscode from 'vscode';
import { LANGUAGE } from './client';
import type { Connection } from './connection';
import { kindRequest } from './protocol';

/** Names that Cloud Foundry has, too, with the language that its extension gives them. */
const CLOUD_FOUNDRY = { language: 'manifest-yaml', names: /manifest[^/]*\.yml$/i };

export class ForeignFiles implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly connection: Connection) {
    this.subscriptions = [
      vscode.workspace.onDidOpenTextDocument((document) => void this.look(document)),
      // The server says what a file is, so that there is one opinion on it.
      connection.onChange(() => {
        if (connection.condition === 'running') vscode.workspace.textDocuments.forEach((document) => void this.look(document));
      }),
    ];
  }

  dispose(): void {
    this.subscriptions.forEach((one) => one.dispose());
  }

  private async look(document: vscode.TextDocument): Promise<void> {
    const { client, condition } = this.connection;
    if (!client || condition !== 'running' || document.languageId !== LANGUAGE || document.uri.scheme !== 'file') return;
    const found = await client.sendRequest(kindRequest, { uri: client.code2ProtocolConverter.asUri(document.uri) }).catch(() => null);
    if (found?.kind !== 'other' || document.isClosed || document.languageId !== LANGUAGE) return;
    const claimed = CLOUD_FOUNDRY.names.test(document.uri.path) && (await vscode.languages.getLanguages()).includes(CLOUD_FOUNDRY.language);
    await vscode.languages.setTextDocumentLanguage(document, claimed ? CLOUD_FOUNDRY.language : 'yaml');
  }
}
