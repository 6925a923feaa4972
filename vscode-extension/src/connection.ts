/** The server that runs, if one does: found, started, restarted when another one is to be used, ended. */

import * as vscode from 'vscode';
import { State } from 'vscode-languageclient/node';
import type { LanguageClient } from 'vscode-languageclient/node';
import { BundledServer } from './bundled';
import { createClient } from './client';
import { selectedInterpreter } from './interpreter';
import { statusChanged } from './protocol';
import type { Status } from './protocol';
import { ServerProcess } from './process';
import { findServer, isMissing, sameLaunch } from './server';
import type { Launch, Missing } from './server';
import { settingsForServer } from './settings';

/** A server that ends by itself is started again so often within so many milliseconds. */
export const RESTARTS = 5;
const WITHIN = 180_000;

export type Condition = 'starting' | 'running' | 'stopped' | 'missing' | 'failed';

export class Connection implements vscode.Disposable {
  client: LanguageClient | undefined;
  launch: Launch | undefined;
  /** The process of the client. */
  process: ServerProcess | undefined;
  condition: Condition = 'stopped';
  /** What the server says of itself. */
  status: Status | undefined;
  /** What it says that it is doing, in words, by token. */
  readonly underWay = new Map<string | number, string>();
  private readonly changes = new vscode.EventEmitter<void>();
  private readonly started = new vscode.EventEmitter<LanguageClient>();
  /** The condition, or the server, is another one. */
  readonly onChange = this.changes.event;
  /** A client that is about to start: the place to say what it should listen for. */
  readonly onClient = this.started.event;
  private turn: Promise<void> = Promise.resolve();
  private told = '';
  /** When servers ended by themselves. */
  private ends: number[] = [];

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly commands: ReadonlySet<string>,
  ) {}

  /** Starts the server that is to be used now. One that runs already goes on, unless `again` is asked for. */
  start(again = false): Promise<void> {
    return this.inTurn(async () => {
      this.ends = [];
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
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    const server = new ServerProcess(launch, folder);
    const client = createClient(server, {
      log: this.log,
      settings: (folder) => settingsForServer(this.context, folder),
      commands: this.commands,
      progress: (token, title) => {
        if (title === undefined) this.underWay.delete(token);
        else this.underWay.set(token, title);
        this.changes.fire();
      },
    });
    this.client = client;
    this.process = server;
    this.become('starting');
    void server.ended.then((why) => this.ended(client, launch, why));
    client.onDidChangeState(({ newState }) => {
      if (this.client === client && newState === State.Running) this.become('running');
    });
    client.onNotification(statusChanged, (status) => {
      if (this.client !== client) return;
      this.status = status;
      this.changes.fire();
    });
    this.started.fire(client);
    try {
      await client.start();
    } catch (error) {
      this.log.error(error instanceof Error ? error : String(error));
      server.kill(); // its end says what comes next
    }
  }

  /** A server ended by itself: it is started again, or, where that happened too often, it is said why. */
  private async ended(client: LanguageClient, launch: Launch, why: string): Promise<void> {
    if (this.client !== client) return; // it was told to
    const now = Date.now();
    this.ends = [...this.ends.filter((end) => end > now - WITHIN), now];
    const again = this.ends.length <= RESTARTS;
    this.log.error(`The server ended (${why})${again ? ' and is started again' : ''}.`);
    await this.inTurn(async () => {
      if (this.client !== client) return;
      await this.end();
      if (again) await this.run(launch);
      else this.become('failed');
    });
    if (!again && this.condition === 'failed') {
      void this.tellFailed(`The floe language server ended ${RESTARTS + 1} times within three minutes and is not started again. The last time: ${why}`);
    }
  }

  private async end(): Promise<void> {
    const { client, process } = this;
    this.client = this.process = this.status = undefined;
    this.underWay.clear();
    this.become('stopped');
    process?.end();
    await client?.dispose().catch((error: unknown) => this.log.info(String(error)));
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
