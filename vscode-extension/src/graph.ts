/** The inheritance graph as a picture. It follows the theme by its variables, and a click opens the file. */

import * as vscode from 'vscode';
import { drawing } from './drawing';
import type { MeshModel } from './mesh';

export class GraphView implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private readonly subscription: vscode.Disposable;

  constructor(private readonly model: MeshModel) {
    this.subscription = model.onChange(() => {
      if (this.panel?.visible) void this.draw();
    });
  }

  dispose(): void {
    this.subscription.dispose();
    this.panel?.dispose();
  }

  async show(): Promise<void> {
    if (this.panel) {
      this.panel.reveal();
    } else {
      const options = { enableScripts: true, localResourceRoots: [], enableFindWidget: true };
      this.panel = vscode.window.createWebviewPanel('floe.graph', 'Data Mesh', vscode.ViewColumn.Active, options);
      this.panel.onDidDispose(() => (this.panel = undefined));
      this.panel.onDidChangeViewState(() => void this.draw());
      this.panel.webview.onDidReceiveMessage(({ uri }: { uri: string }) => void vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(uri)));
    }
    await this.draw();
  }

  private drawn = '';

  private async draw(): Promise<void> {
    const picture = drawing(await this.model.now());
    if (!this.panel || (picture === this.drawn && this.panel.webview.html)) return;
    this.drawn = picture;
    this.panel.webview.html = page(picture);
  }
}

function page(picture: string): string {
  const nonce = Array.from({ length: 4 }, () => Math.random().toString(36).slice(2)).join('');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'">
<style nonce="${nonce}">
  body { padding: 16px; color: var(--vscode-foreground); font-family: var(--vscode-font-family); }
  svg { display: block; max-width: 100%; min-width: 640px; height: auto; }
  text { fill: var(--vscode-foreground); font-size: 13px; }
  .quiet { fill: var(--vscode-descriptionForeground); font-size: 11px; }
  .heading { font-size: 11px; letter-spacing: 0.08em; fill: var(--vscode-descriptionForeground); }
  .edge { fill: none; stroke: var(--vscode-editorIndentGuide-activeBackground1, var(--vscode-descriptionForeground)); stroke-width: 1.5; }
  .node rect { fill: var(--vscode-editorWidget-background); stroke: var(--vscode-widget-border, var(--vscode-descriptionForeground)); rx: 5px; }
  .node.enterprise rect { stroke: var(--vscode-charts-purple); }
  .node.platform rect { stroke: var(--vscode-charts-yellow); }
  .node.domain rect { stroke: var(--vscode-charts-blue); }
  .node.product rect { stroke: var(--vscode-charts-green); }
  .node.warnings rect { stroke: var(--vscode-editorWarning-foreground); stroke-width: 2; }
  .node.errors rect { stroke: var(--vscode-editorError-foreground); stroke-width: 2; }
  .errors .trouble { fill: var(--vscode-editorError-foreground); }
  .warnings .trouble { fill: var(--vscode-editorWarning-foreground); }
  .node[data-uri] { cursor: pointer; }
  .node:hover rect, .node:focus rect { fill: var(--vscode-list-hoverBackground); }
  .node:focus { outline: none; }
  .node:focus rect { stroke: var(--vscode-focusBorder); }
</style>
</head>
<body>
${picture}
<script nonce="${nonce}">
  const editor = acquireVsCodeApi();
  const open = (event) => {
    const node = event.target.closest('[data-uri]');
    if (node) editor.postMessage({ uri: node.dataset.uri });
  };
  document.addEventListener('click', open);
  document.addEventListener('keydown', (event) => { if (event.key === 'Enter') open(event); });
</script>
</body>
</html>`;
}
