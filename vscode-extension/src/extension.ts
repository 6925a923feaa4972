/** Wires the parts together; each part is a module of its own. */

import * as vscode from 'vscode';
import { ExecuteCommandRequest } from 'vscode-languageclient/node';
import type { Location } from 'vscode-languageclient/node';
import { LANGUAGE } from './client';
import { Connection } from './connection';
import { ForeignFiles } from './foreign';
import { GraphView } from './graph';
import { ImpactView } from './impact';
import { onInterpreterChange } from './interpreter';
import { MeshModel } from './mesh';
import { StatusItem } from './status';
import { MeshView } from './tree';
import { effectiveOf, sourceOf, Views, whatIfOf } from './views';
import { chooseVersion } from './what_if';

/** What the tests look at. */
export interface Parts {
  readonly connection: Connection;
  readonly status: StatusItem;
  readonly impact: ImpactView;
}

export async function activate(context: vscode.ExtensionContext): Promise<Parts> {
  const log = vscode.window.createOutputChannel('floe', { log: true });
  const commands: Record<string, (...args: never[]) => unknown> = {
    'floe.restart': () => connection.start(true),
    'floe.showLog': () => log.show(),
    'floe.showMenu': showMenu,
    'floe.showGraph': () => graph.show(),
    'floe.showEffective': (of?: unknown) => showEffective(views, of),
    'floe.explain': () => vscode.commands.executeCommand('editor.action.showHover', { focus: 'autoFocusImmediately' }),
    'floe.refreshParents': () => refreshParents(connection),
    'floe.showInheritors': (of?: unknown) => showInheritors(connection, of),
    'floe.showImpact': (of?: unknown) => showImpact(impact, of),
    'floe.whatIf': (of?: unknown, ref?: unknown) => showWhatIf(connection, views, of, ref),
  };
  const connection = new Connection(context, log, new Set(Object.keys(commands)));
  const views = new Views(connection);
  const impact = new ImpactView(connection);
  const mesh = new MeshModel(connection);
  const graph = new GraphView(mesh);
  const status = new StatusItem(connection);
  const start = (): void => void connection.start();
  context.subscriptions.push(
    log,
    connection,
    views,
    impact,
    mesh,
    graph,
    new MeshView(mesh),
    status,
    new ForeignFiles(connection),
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('floe.server.path')) start();
    }),
    // With trust the workspace's own choices count, and the network may be used: all starts anew.
    vscode.workspace.onDidGrantWorkspaceTrust(() => void connection.start(true)),
    { dispose: () => void connection.stop() },
  );
  running = connection;
  void vscode.commands.executeCommand('setContext', 'floe.active', true);
  await connection.start();
  void onInterpreterChange(start).then((subscriptions) => context.subscriptions.push(...subscriptions));
  return { connection, status, impact };
}

let running: Connection | undefined;

export async function deactivate(): Promise<void> {
  await running?.stop();
}

async function showEffective(views: Views, of: unknown): Promise<void> {
  const uri = subject(of);
  if (uri) await views.show(effectiveOf(uri));
}

async function showImpact(impact: ImpactView, of: unknown): Promise<void> {
  const uri = subject(of);
  if (uri) await impact.show(uri);
}

async function showWhatIf(connection: Connection, views: Views, of: unknown, ref: unknown): Promise<void> {
  const uri = subject(of);
  if (!uri) return;
  const version = typeof ref === 'string' && ref ? ref : await chooseVersion(connection, uri);
  if (version) await views.show(whatIfOf(uri, version));
}

/** The file that a command is about: what it was called with, else the one that is open. */
function subject(of: unknown): vscode.Uri | undefined {
  const uri = addressIn(of) ?? vscode.window.activeTextEditor?.document.uri;
  if (!uri) void vscode.window.showInformationMessage('Open a manifest or a floe.yaml first.');
  return uri && sourceOf(uri);
}

/** What a code lens (text), the explorer (an address) or the tree (a node) calls a command with. */
function addressIn(of: unknown): vscode.Uri | undefined {
  if (of instanceof vscode.Uri) return of;
  if (typeof of === 'string') return vscode.Uri.parse(of);
  const uri = (of as { uri?: unknown } | undefined)?.uri;
  return typeof uri === 'string' ? vscode.Uri.parse(uri) : undefined;
}

async function refreshParents(connection: Connection): Promise<void> {
  if (connection.condition !== 'running') return connection.start(true);
  await connection.client?.sendRequest(ExecuteCommandRequest.type, { command: 'floe.refreshParents', arguments: [] });
}

/** The files that inherit from one, in a peek view. */
async function showInheritors(connection: Connection, of: unknown): Promise<void> {
  const client = connection.client;
  const uri = addressIn(of) ?? vscode.window.activeTextEditor?.document.uri;
  if (!client || connection.condition !== 'running' || !uri) return;
  const params = { command: 'floe.showInheritors', arguments: [client.code2ProtocolConverter.asUri(uri)] };
  const found = ((await client.sendRequest(ExecuteCommandRequest.type, params)) ?? []) as Location[];
  const places = found.map((place) => client.protocol2CodeConverter.asLocation(place));
  const none = 'Nothing in this workspace inherits from this file.';
  await vscode.commands.executeCommand('editor.action.goToLocations', uri, new vscode.Position(0, 0), places, 'peek', none);
}

async function showMenu(): Promise<void> {
  const isOurs = vscode.window.activeTextEditor?.document.languageId === LANGUAGE;
  const items = [
    ...(isOurs
      ? [
          { label: '$(list-tree) Show Effective Configuration', command: 'floe.showEffective' },
          { label: '$(flame) Show Impact of the Edit', command: 'floe.showImpact' },
          { label: '$(versions) What Would Change with Another Version…', command: 'floe.whatIf' },
        ]
      : []),
    { label: '$(type-hierarchy) Show Inheritance Graph', command: 'floe.showGraph' },
    { label: '$(refresh) Refresh Parents', command: 'floe.refreshParents' },
    { label: '$(output) Show Log', command: 'floe.showLog' },
    { label: '$(debug-restart) Restart Language Server', command: 'floe.restart' },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: 'floe' });
  if (chosen) await vscode.commands.executeCommand(chosen.command);
}
