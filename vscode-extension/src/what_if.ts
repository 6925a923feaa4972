/** Chooses the version of a parent that is tried. */

import * as vscode from 'vscode';
import type { Connection } from './connection';
import { versionsRequest } from './protocol';

/** A tag, or a whole reference; undefined where the user does not want to go on, or there is nothing to choose. */
export async function chooseVersion(connection: Connection, uri: vscode.Uri): Promise<string | undefined> {
  const { client, condition } = connection;
  if (!client || condition !== 'running') return undefined;
  const known = await client.sendRequest(versionsRequest, { uri: client.code2ProtocolConverter.asUri(uri) });
  if (!known) {
    void vscode.window.showInformationMessage('This file names no parent of a registry whose version could be another one.');
    return undefined;
  }
  const title = `What would change with another version of ${known.ref}?`;
  if (known.tags.length) {
    const other = { label: '$(edit) Another version, or another reference…' };
    const tags = known.tags.map((label, index) => ({ label, description: index === 0 ? 'newest' : undefined }));
    const chosen = await vscode.window.showQuickPick([...tags, other], { title, placeHolder: 'Nothing is edited' });
    if (!chosen || chosen !== other) return chosen?.label;
  }
  const prompt = 'A tag (v2.0.0), a digest (sha256:…), or a whole reference (oci://…). Nothing is edited.';
  return (await vscode.window.showInputBox({ title, prompt }))?.trim() || undefined;
}
