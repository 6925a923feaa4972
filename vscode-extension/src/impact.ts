/** The view "Impact of the Edit": what an unsaved edit of a manifest does to the files that inherit from it. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Connection } from './connection';
import { counted, shortName } from './mesh';
import { impactChanged, impactRequest } from './protocol';
import type { Affected, Change, Finding, Impact } from './protocol';
import { ICONS } from './tree';

/** What the tree shows: files of which the same is true, one of them, what changes for them, what becomes wrong or right. */
export type Node =
  | { readonly kind: 'group'; readonly of: Affected }
  | { readonly kind: 'file'; readonly file: Affected['files'][number]; readonly of: Affected }
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'new' | 'gone'; readonly finding: Finding; readonly uri: string };

export class ImpactView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changes.event;
  private readonly view: vscode.TreeView<Node>;
  private readonly subscriptions: vscode.Disposable[];
  /** The manifest whose edit is shown. */
  private subject: vscode.Uri | undefined;
  private asked: unknown;

  constructor(private readonly connection: Connection) {
    this.view = vscode.window.createTreeView<Node>('floe.impact', { treeDataProvider: this, showCollapseAll: true });
    this.subscriptions = [
      this.view,
      this.changes,
      connection.onClient((client) => {
        client.onNotification(impactChanged, ({ uri }) => {
          if (this.subject?.toString() === vscode.Uri.parse(uri).toString()) this.changes.fire();
        });
      }),
      connection.onChange(() => {
        if (connection.condition !== 'running' || connection.client === this.asked) return;
        this.asked = connection.client;
        if (this.subject) this.changes.fire();
      }),
    ];
  }

  dispose(): void {
    this.subscriptions.forEach((one) => one.dispose());
  }

  /** Shows what the edit of a manifest does. */
  async show(uri: vscode.Uri): Promise<void> {
    this.subject = uri;
    this.changes.fire();
    await vscode.commands.executeCommand('floe.impact.focus', { preserveFocus: true });
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!node) return this.groups();
    switch (node.kind) {
      case 'group':
        return [...below(node.of), ...node.of.files.map((file): Node => ({ kind: 'file', file, of: node.of }))];
      case 'file':
        return node.of.files.length === 1 ? below(node.of) : [];
      default:
        return [];
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'group':
        return groupItem(node.of);
      case 'file':
        return fileItem(node.file, node.of);
      case 'change':
        return changeItem(node.change);
      default:
        return findingItem(node.finding, node.uri, node.kind);
    }
  }

  private async groups(): Promise<Node[]> {
    const { client, condition } = this.connection;
    const { subject } = this;
    if (!subject || !client || condition !== 'running') return [];
    const found = await client.sendRequest(impactRequest, { uri: client.code2ProtocolConverter.asUri(subject) });
    if (this.subject !== subject) return this.groups(); // another one was asked for meanwhile
    const name = path.posix.basename(subject.path);
    this.view.description = name;
    this.view.message = found ? headline(found, name) : `${name} is no manifest, so nothing inherits from it.`;
    return (found?.groups ?? []).map((of): Node => (of.files.length === 1 ? { kind: 'file', file: of.files[0], of } : { kind: 'group', of }));
  }
}

/** `2 domains and 41 products inherit. 5 change, 3 would break.` */
export function headline(found: Impact, name: string): string {
  const who = [counts(found.domains, 'domain'), counts(found.products, 'product')].filter(Boolean).join(' and ');
  if (!who) return `Nothing in this workspace inherits from ${name}.`;
  const inherit = found.domains + found.products === 1 ? 'inherits' : 'inherit';
  if (!found.groups.length) return `${who} ${inherit} from it. The edit, as far as it is not saved, changes nothing for them.`;
  const broken = found.broken ? `${found.broken} would break` : 'nothing would break';
  return `${who} ${inherit} from it: ${found.changed} ${found.changed === 1 ? 'changes' : 'change'}, ${broken}.`;
}

function counts(number: number, what: string): string {
  return number ? `${number} ${what}${number === 1 ? '' : 's'}` : '';
}

/** What is true of each file of a group: what breaks first. */
function below(of: Affected): Node[] {
  const { uri } = of.files[0];
  return [
    ...of.new.map((finding): Node => ({ kind: 'new', finding, uri })),
    ...of.gone.map((finding): Node => ({ kind: 'gone', finding, uri })),
    ...of.changes.map((change): Node => ({ kind: 'change', change })),
  ];
}

function told(of: Affected): string {
  const errors = of.new.filter(({ severity }) => severity === 'error').length;
  const trouble = counted({ errors, warnings: of.new.length - errors });
  return [trouble && `new: ${trouble}`, of.gone.length && `${of.gone.length} mended`, counts(of.changes.length, 'value')].filter(Boolean).join(' · ');
}

function worst(of: Affected): vscode.ThemeColor | undefined {
  if (of.new.some(({ severity }) => severity === 'error')) return new vscode.ThemeColor('list.errorForeground');
  return of.new.length ? new vscode.ThemeColor('list.warningForeground') : undefined;
}

function groupItem(of: Affected): vscode.TreeItem {
  const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const breaks = of.new.some(({ severity }) => severity === 'error');
  const item = new vscode.TreeItem(`${shortName(of.files[0].name)} and ${of.files.length - 1} more`, breaks ? Expanded : Collapsed);
  item.description = told(of);
  item.tooltip = `${of.files.map(({ name }) => shortName(name)).join(', ')}\n${told(of)}`;
  item.iconPath = new vscode.ThemeIcon('files', worst(of));
  return item;
}

function fileItem(file: Affected['files'][number], of: Affected): vscode.TreeItem {
  const alone = of.files.length === 1;
  const item = new vscode.TreeItem(shortName(file.name), alone ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None);
  const uri = vscode.Uri.parse(file.uri);
  item.description = alone ? told(of) : vscode.workspace.asRelativePath(uri);
  item.tooltip = `${file.name}\n${file.tier}\n${vscode.workspace.asRelativePath(uri)}`;
  item.iconPath = new vscode.ThemeIcon(ICONS[file.tier] ?? 'file', worst(of));
  item.command = open(uri, alone ? (of.new[0]?.line ?? 0) : 0);
  return item;
}

function changeItem({ path: key, before, after }: Change): vscode.TreeItem {
  const item = new vscode.TreeItem(key);
  item.description = lists(before, after) ?? `${before ?? 'nothing'} → ${after ?? 'nothing'}`;
  item.tooltip = new vscode.MarkdownString(`\`${key}\`\n\nbefore: \`${before ?? 'nothing'}\`\n\nafter: \`${after ?? 'nothing'}\``);
  item.iconPath = new vscode.ThemeIcon('diff-modified');
  return item;
}

/** `− snowflake, + spark` of two lists of plain words, whose beginnings would be all that there is room for. */
function lists(before: string | null, after: string | null): string | undefined {
  const [old, now] = [before, after].map((text) => (/^\[[\w./:@, -]*\]$/.test(text ?? '') ? (text ?? '').slice(1, -1).split(', ').filter(Boolean) : undefined));
  if (!old || !now) return undefined;
  const gone = old.filter((each) => !now.includes(each)).map((each) => `− ${each}`);
  const come = now.filter((each) => !old.includes(each)).map((each) => `+ ${each}`);
  return [...gone, ...come].join(', ') || undefined;
}

function findingItem({ code, severity, message, line }: Finding, uri: string, kind: 'new' | 'gone'): vscode.TreeItem {
  const item = new vscode.TreeItem(message.replaceAll('`', ''));
  item.description = `${kind === 'gone' ? 'no longer · ' : ''}${code}, line ${line + 1}`;
  item.tooltip = new vscode.MarkdownString(message);
  const colour = severity === 'error' ? 'list.errorForeground' : 'list.warningForeground';
  item.iconPath = kind === 'gone' ? new vscode.ThemeIcon('pass') : new vscode.ThemeIcon(severity === 'error' ? 'error' : severity, new vscode.ThemeColor(colour));
  item.command = open(vscode.Uri.parse(uri), line);
  return item;
}

function open(uri: vscode.Uri, line: number): vscode.Command {
  return { command: 'vscode.open', title: 'Open', arguments: [uri, { selection: new vscode.Range(line, 0, line, 0) }] };
}
