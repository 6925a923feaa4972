/** What the server is doing, in the status bar beside floe's files. A click shows what can be done about it. */

import * as vscode from 'vscode';
import { LANGUAGE } from './client';
import type { Connection } from './connection';

export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('floe.status', vscode.StatusBarAlignment.Right, 100);
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly connection: Connection) {
    this.item.name = 'floe';
    this.item.command = 'floe.showMenu';
    this.subscriptions = [
      this.item,
      connection.onChange(() => this.show()),
      vscode.window.onDidChangeActiveTextEditor(() => this.show()),
      vscode.workspace.onDidChangeConfiguration(() => this.show()),
    ];
    this.show();
  }

  dispose(): void {
    this.subscriptions.forEach((one) => one.dispose());
  }

  private show(): void {
    const { condition } = this.connection;
    const trouble = condition === 'missing' || condition === 'failed';
    if (vscode.window.activeTextEditor?.document.languageId !== LANGUAGE && !trouble) {
      this.item.hide();
      return;
    }
    this.item.text = this.text();
    this.item.tooltip = this.tooltip();
    this.item.backgroundColor = trouble ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    this.item.show();
  }

  private text(): string {
    switch (this.connection.condition) {
      case 'starting':
        return '$(sync~spin) floe: starting';
      case 'missing':
      case 'failed':
        return '$(error) floe: not running';
      case 'stopped':
        return '$(circle-slash) floe: stopped';
      case 'running': {
        const count = this.connection.underWay.size;
        if (count) return `$(sync~spin) floe: resolving ${count === 1 ? 'a parent' : `${count} parents`}`;
        return this.offline() ? '$(debug-disconnect) floe: offline' : '$(layers) floe';
      }
    }
  }

  private tooltip(): vscode.MarkdownString {
    const lines = [`**floe** ${this.version()}`];
    if (this.connection.launch) lines.push(this.connection.launch.from);
    lines.push(...this.connection.underWay.values());
    if (!vscode.workspace.isTrusted) lines.push('The workspace is not trusted: the server of the extension runs, without the network.');
    else if (this.offline()) lines.push('Offline: parents come from the workspace, the mirrors and the cache.');
    return new vscode.MarkdownString(lines.join('\n\n'));
  }

  private version(): string {
    const server = this.connection.client?.initializeResult?.serverInfo;
    return server?.version ?? '';
  }

  private offline(): boolean {
    return !vscode.workspace.isTrusted || vscode.workspace.getConfiguration('floe').get('offline', false);
  }
}
