/** Manifests that came from a registry: the client shows them as read-only documents (`workspace/textDocumentContent`). */

import * as vscode from 'vscode';
import { LANGUAGE } from './client';
import { REMOTE } from './protocol';

/** Their names end in whatever their authors chose, so VS Code cannot tell the language. */
export function nameLanguageOfRemoteDocuments(): vscode.Disposable {
  return vscode.workspace.onDidOpenTextDocument((document) => {
    if (document.uri.scheme === REMOTE && document.languageId !== LANGUAGE) void vscode.languages.setTextDocumentLanguage(document, LANGUAGE);
  });
}
