/** What the server is doing, in the status bar beside floe's files. A click shows what can be done about it. */

import * as vscode from 'vscode';
import { LANGUAGE } from './client';
import type { Connection } from './connection';

export class StatusItem implements vscode.Disposable {
  readonly item = vscode.window.createStatusBarItem('floe.status', vscode.StatusBarAlignment.Right, 100);
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
      case 'running':
        return this.running();
    }
  }

  private running(): string {
    const { status, underWay } = this.connection;
    if (status?.resolving) return `$(sync~spin) floe: resolving ${parents(status.resolving)}`;
    if (underWay.size) return '$(sync~spin) floe';
    if (status?.unavailable) return `$(warning) floe: ${parents(status.unavailable)} not available`;
    return this.offline() ? '$(debug-disconnect) floe: offline' : '$(layers) floe';
  }

  private tooltip(): vscode.MarkdownString {
    const { launch, status, underWay } = this.connection;
    const lines = [`**floe** ${this.version()}`];
    if (launch) lines.push(launch.from);
    lines.push(...underWay.values());
    if (status?.unavailable) lines.push(`${parents(status.unavailable)} could not be had: the reference says why. *Refresh Parents* asks again.`);
    if (!vscode.workspace.isTrusted) lines.push('The workspace is not trusted: the server of the extension runs, without the network.');
    else if (this.offline()) lines.push('Offline, as the settings want it: parents come from the workspace, the mirrors and the cache.');
    return new vscode.MarkdownString(lines.join('\n\n'));
  }

  private version(): string {
    const { status, client } = this.connection;
    return status?.version ?? client?.initializeResult?.serverInfo?.version ?? '';
  }

  private offline(): boolean {
    return this.connection.status?.offline ?? !vscode.workspace.isTrusted;
  }
}

function parents(count: number): string {
  return count === 1 ? '1 parent' : `${count} parents`;
}
