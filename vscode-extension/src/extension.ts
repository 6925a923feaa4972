/** Starts floe-ls for floe's files, and again when the settings name another one. */

import * as vscode from 'vscode';
import { LanguageClient, LanguageClientOptions } from 'vscode-languageclient/node';
import { findServer, Launch } from './server';

const FILES = ['**/floe.{yaml,yml}', '**/*manifest.{yaml,yml}'];
const INSTALL = 'pipx install floe-language-server';

let client: LanguageClient | undefined;
let log: vscode.LogOutputChannel;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  log = vscode.window.createOutputChannel('floe', { log: true });
  context.subscriptions.push(
    log,
    vscode.commands.registerCommand('floe.restart', restart),
    vscode.commands.registerCommand('floe.showLog', () => log.show()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('floe.server.path')) void restart();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void restart()),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await stop();
}

async function restart(): Promise<void> {
  await stop();
  await start();
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.dispose();
}

async function start(): Promise<void> {
  const setting = vscode.workspace.getConfiguration('floe').get<string>('server.path', '').trim();
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const launch = await findServer(setting, folder);
  if (!launch) {
    void tellHowToInstall(setting);
    return;
  }
  log.info(`Starting ${[launch.command, ...launch.args].join(' ')} (${launch.from})`);
  client = new LanguageClient('floe', 'floe', serverOptions(launch, folder), clientOptions());
  try {
    await client.start();
  } catch (error) {
    log.error(error instanceof Error ? error : String(error));
    await stop();
    void tellItFailed(launch);
  }
}

function serverOptions(launch: Launch, folder: string | undefined) {
  return { command: launch.command, args: launch.args, options: { cwd: folder } };
}

function clientOptions(): LanguageClientOptions {
  return {
    documentSelector: FILES.map((pattern) => ({ scheme: 'file', language: 'yaml', pattern })),
    synchronize: { configurationSection: 'floe' },
    initializationOptions: vscode.workspace.getConfiguration('floe'),
    outputChannel: log,
  };
}

async function tellHowToInstall(setting: string): Promise<void> {
  const what = setting
    ? `floe.server.path says ${setting}, and there is no such program.`
    : 'The floe language server is not installed: there is no floe-ls on the PATH.';
  const [copy, settings] = [`Copy "${INSTALL}"`, 'Open Settings'];
  const chosen = await vscode.window.showErrorMessage(what, copy, settings);
  if (chosen === copy) await vscode.env.clipboard.writeText(INSTALL);
  if (chosen === settings) await vscode.commands.executeCommand('workbench.action.openSettings', 'floe.server.path');
}

async function tellItFailed(launch: Launch): Promise<void> {
  const show = 'Show Log';
  const chosen = await vscode.window.showErrorMessage(`The floe language server did not start (${launch.command}).`, show);
  if (chosen === show) log.show();
}
