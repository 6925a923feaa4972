/** Files named manifest.yaml that are none of floe's: they are ordinary YAML, for whoever else reads them. */

import * as vscode from 'vscode';
import { LANGUAGE } from './client';

const SHARED_NAMES = /[\\/]manifest\.ya?ml$/i;
const TOP_LEVEL_KEY = /^([A-Za-z_][\w.-]*)[ \t]*:(?:[ \t]|$)/gm;
const OURS = new Set(
  'scope plugins governance observability parent parent_manifest approved_plugins approved_products domains data_architecture transforms platform'.split(' '),
);

/** Whether a manifest.yaml says that it is somebody else's, or says things that floe does not know. */
export function isForeign(text: string): boolean {
  const version = /^apiVersion:[ \t]*["']?([^\s"'#]+)/m.exec(text)?.[1];
  if (version) return !version.startsWith('floe');
  const keys = [...text.matchAll(TOP_LEVEL_KEY)].map((match) => match[1]);
  return keys.length > 1 && !keys.some((key) => OURS.has(key));
}

export function giveForeignFilesBack(): vscode.Disposable {
  const look = (document: vscode.TextDocument): void => {
    if (document.languageId !== LANGUAGE || !SHARED_NAMES.test(document.uri.path) || !isForeign(document.getText())) return;
    void vscode.languages.setTextDocumentLanguage(document, 'yaml');
  };
  vscode.workspace.textDocuments.forEach(look);
  return vscode.workspace.onDidOpenTextDocument(look);
}
