/** The view "Data Mesh": enterprise → domains → products, with their problems. */

import * as vscode from 'vscode';
import { counted, registryOf, shortName, Tree } from './mesh';
import type { MeshModel } from './mesh';
import type { MeshNode } from './protocol';

export const ICONS: Record<string, string> = { enterprise: 'organization', domain: 'symbol-namespace', platform: 'server', product: 'package' };

export class MeshView implements vscode.TreeDataProvider<MeshNode>, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changes.event;
  private readonly view: vscode.TreeView<MeshNode>;
  private readonly subscriptions: vscode.Disposable[];
  private tree = new Tree({ nodes: [], edges: [] });

  constructor(private readonly model: MeshModel) {
    this.view = vscode.window.createTreeView<MeshNode>('floe.mesh', { treeDataProvider: this, showCollapseAll: true });
    const changed = (): void => {
      if (this.view.visible) this.changes.fire();
    };
    this.subscriptions = [this.view, this.changes, model.onChange(changed), this.view.onDidChangeVisibility(changed)];
  }

  dispose(): void {
    this.subscriptions.forEach((one) => one.dispose());
  }

  async getChildren(node?: MeshNode): Promise<MeshNode[]> {
    if (node) return [...this.tree.children(node)];
    this.tree = await this.model.now();
    const { errors } = this.tree.roots.map((root) => this.tree.troubles(root)).reduce((a, b) => ({ errors: a.errors + b.errors, warnings: 0 }), { errors: 0, warnings: 0 });
    this.view.badge = errors ? { value: errors, tooltip: counted({ errors, warnings: 0 }) } : undefined;
    return [...this.tree.roots];
  }

  getTreeItem(node: MeshNode): vscode.TreeItem {
    const leaf = this.tree.children(node).length === 0;
    const open = node.tier === 'product' ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.Expanded;
    const item = new vscode.TreeItem(shortName(node.name), leaf ? vscode.TreeItemCollapsibleState.None : open);
    const all = counted(this.tree.troubles(node));
    item.description = [counted(node), node.version, registryOf(node)].filter(Boolean).join(' · ');
    const place = node.uri ? vscode.workspace.asRelativePath(vscode.Uri.parse(node.uri)) : '';
    item.tooltip = [`${node.name} ${node.version ?? ''}`.trim(), node.tier, place, all && `With all below: ${all}`].filter(Boolean).join('\n');
    item.iconPath = new vscode.ThemeIcon(ICONS[node.tier] ?? 'file', node.errors ? new vscode.ThemeColor('list.errorForeground') : undefined);
    item.contextValue = node.tier;
    if (node.uri) item.command = { command: 'vscode.open', title: 'Open', arguments: [vscode.Uri.parse(node.uri)] };
    return item;
  }
}
