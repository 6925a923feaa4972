/** Who inherits from whom, as the server knows it, and when that may have changed. */

import * as vscode from 'vscode';
import type { Connection } from './connection';
import { graphChanged, graphRequest } from './protocol';
import type { Mesh, MeshNode } from './protocol';

const TIERS = ['enterprise', 'domain', 'platform', 'product'];
const QUIET = 400;

export class MeshModel implements vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<void>();
  /** It may be another one now. */
  readonly onChange = this.changes.event;
  private readonly subscriptions: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly connection: Connection) {
    const later = (): void => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.changes.fire(), QUIET);
    };
    this.subscriptions = [
      this.changes,
      connection.onChange(later),
      connection.onClient((client) => client.onNotification(graphChanged, later)),
      vscode.languages.onDidChangeDiagnostics(later),
      vscode.workspace.onDidSaveTextDocument(later),
      vscode.workspace.onDidCreateFiles(later),
      vscode.workspace.onDidDeleteFiles(later),
      vscode.workspace.onDidRenameFiles(later),
    ];
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscriptions.forEach((one) => one.dispose());
  }

  async now(): Promise<Tree> {
    const { client, condition } = this.connection;
    const found = client && condition === 'running' ? await client.sendRequest(graphRequest, {}) : null;
    return new Tree(found ?? { nodes: [], edges: [] });
  }
}

/** The mesh with its nodes by tier and name. */
export class Tree {
  readonly roots: readonly MeshNode[];
  private readonly below = new Map<string, MeshNode[]>();

  constructor(readonly mesh: Mesh) {
    const byId = new Map(mesh.nodes.map((node) => [node.id, node]));
    const inherits = new Set<string>();
    for (const { from, to } of mesh.edges) {
      const parent = byId.get(from);
      const child = byId.get(to);
      if (!parent || !child) continue;
      inherits.add(child.id);
      this.below.set(parent.id, [...(this.below.get(parent.id) ?? []), child]);
    }
    for (const nodes of this.below.values()) nodes.sort(byTierAndName);
    this.roots = mesh.nodes.filter((node) => !inherits.has(node.id)).sort(byTierAndName);
  }

  children(node: MeshNode): readonly MeshNode[] {
    return this.below.get(node.id) ?? [];
  }

  /** The errors and warnings of a node and of all below it. */
  troubles(node: MeshNode, seen = new Set<string>()): { errors: number; warnings: number } {
    if (seen.has(node.id)) return { errors: 0, warnings: 0 };
    seen.add(node.id);
    const below = this.children(node).map((child) => this.troubles(child, seen));
    return below.reduce((sum, one) => ({ errors: sum.errors + one.errors, warnings: sum.warnings + one.warnings }), {
      errors: node.errors,
      warnings: node.warnings,
    });
  }
}

export function byTierAndName(one: MeshNode, other: MeshNode): number {
  return TIERS.indexOf(one.tier) - TIERS.indexOf(other.tier) || one.name.localeCompare(other.name);
}

/** A name as it is shown where the tier is clear: `sales-domain` of a `sales-domain-manifest`. */
export function shortName(name: string): string {
  return name.replace(/@sha\d+:[0-9a-f]+$/, '').replace(/[-_]manifest$/, '') || name;
}

/** The registry of a manifest that came from one. */
export function registryOf({ uri }: MeshNode): string {
  return /^floe-oci:\/\/([^/]+)/.exec(uri)?.[1].replace(/%3a/i, ':') ?? '';
}

export function counted({ errors, warnings }: { errors: number; warnings: number }): string {
  const words = [];
  if (errors) words.push(errors === 1 ? '1 error' : `${errors} errors`);
  if (warnings) words.push(warnings === 1 ? '1 warning' : `${warnings} warnings`);
  return words.join(', ');
}
