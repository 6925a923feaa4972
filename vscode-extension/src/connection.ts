/** The server that runs, if one does: found, started, restarted when another one is to be used, ended. */

import * as vscode from 'vscode';
import { State } from 'vscode-languageclient/node';
import type { LanguageClient } from 'vscode-languageclient/node';
import { BundledServer } from './bundled';
import { createClient } from './client';
import { selectedInterpreter } from './interpreter';
import { findServer, isMissing, sameLaunch } from './server';
import type { Launch, Missing } from './server';
import { settingsForServer } from './settings';

export type Condition = 'starting' | 'running' | 'stopped' | 'missing' | 'failed';

export class Connection implements vscode.Disposable {
  client: LanguageClient | undefined;
  launch: Launch | undefined;
  condition: Condition = 'stopped';
  /** What the server says that it is doing, by token: parents that it resolves. */
  readonly underWay = new Map<string | number, string>();
  private readonly changes = new vscode.EventEmitter<void>();
  private readonly started = new vscode.EventEmitter<LanguageClient>();
  /** The condition, or the server, is another one. */
  readonly onChange = this.changes.event;
  /** A client that is about to start: the place to say what it should listen for. */
  readonly onClient = this.started.event;
  private turn: Promise<void> = Promise.resolve();
  private told = '';

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly commands: ReadonlySet<string>,
  ) {}

  /** Starts the server that is to be used now. One that runs already goes on, unless `again` is asked for. */
  start(again = false): Promise<void> {
    return this.inTurn(async () => {
      const found = await this.find();
      const runs = this.client !== undefined && this.condition === 'running';
      if (!isMissing(found) && !again && runs && this.launch && sameLaunch(this.launch, found)) return;
      await this.end();
      if (isMissing(found)) {
        this.become('missing');
        this.log.error(found.message);
        void this.tellMissing(found);
        return;
      }
      await this.run(found);
    });
  }

  stop(): Promise<void> {
    return this.inTurn(() => this.end());
  }

  dispose(): void {
    this.changes.dispose();
    this.started.dispose();
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(work, work);
    return this.turn;
  }

  private async find(): Promise<Launch | Missing> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    return findServer({
      setting: vscode.workspace.getConfiguration('floe').get<string>('server.path', '').trim(),
      folder: folder?.fsPath,
      trusted: vscode.workspace.isTrusted,
      interpreter: vscode.workspace.isTrusted ? await selectedInterpreter(folder) : undefined,
      bundled: new BundledServer(this.context, this.log),
    });
  }

  private async run(launch: Launch): Promise<void> {
    this.log.info(`Starting ${[launch.command, ...launch.args].join(' ')} (${launch.from})`);
    this.launch = launch;
    let hasRun = false;
    const client = createClient(launch, vscode.workspace.workspaceFolders?.[0]?.uri.fsPath, {
      log: this.log,
      settings: () => settingsForServer(this.context),
      commands: this.commands,
      progress: (token, title) => {
        if (title === undefined) this.underWay.delete(token);
        else this.underWay.set(token, title);
        this.changes.fire();
      },
      hasRun: () => hasRun,
      gaveUp: () => {
        this.become('failed');
        void this.tellFailed('The floe language server ended six times within three minutes, and is not started again.');
      },
    });
    this.client = client;
    this.become('starting');
    client.onDidChangeState(({ newState }) => {
      if (this.client !== client) return;
      if (newState === State.Running) this.become('running');
      if (newState === State.Starting) this.become('starting');
    });
    this.started.fire(client);
    try {
      await client.start();
      hasRun = true;
    } catch (error) {
      this.log.error(error instanceof Error ? error : String(error));
      await this.end();
      this.become('failed');
      void this.tellFailed(`The floe language server did not start (${launch.command}).`);
    }
  }

  private async end(): Promise<void> {
    const running = this.client;
    this.client = undefined;
    this.underWay.clear();
    this.become('stopped');
    await running?.dispose().catch((error: unknown) => this.log.warn(String(error)));
  }

  private become(condition: Condition): void {
    this.condition = condition;
    this.changes.fire();
  }

  private async tellMissing(missing: Missing): Promise<void> {
    if (this.told === missing.message) return; // once is enough while nothing changed
    this.told = missing.message;
    const [settings, log] = ['Open Settings', 'Show Log'];
    const chosen = await vscode.window.showErrorMessage(missing.message, settings, log);
    if (chosen === settings) await vscode.commands.executeCommand('workbench.action.openSettings', 'floe.server.path');
    if (chosen === log) this.log.show();
  }

  private async tellFailed(message: string): Promise<void> {
    const [show, restart] = ['Show Log', 'Restart'];
    const chosen = await vscode.window.showErrorMessage(message, show, restart);
    if (chosen === show) this.log.show();
    if (chosen === restart) await this.start(true);
  }
}
