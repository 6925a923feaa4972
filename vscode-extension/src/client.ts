/** The client of the protocol, with what it does differently from an ordinary one. */

import * as vscode from 'vscode';
import { CloseAction, ErrorAction, ExecuteCommandRequest, LanguageClient } from 'vscode-languageclient/node';
import type { DynamicFeature, ErrorHandler, ExecuteCommandRegistrationOptions, LanguageClientOptions, RegistrationData, StaticFeature } from 'vscode-languageclient/node';
import { REMOTE } from './protocol';
import type { Launch } from './server';

export const LANGUAGE = 'floe';
const FILES = '**/{floe,manifest,*-manifest,*_manifest}.{yaml,yml}';
const RESTARTS = 5;
const WITHIN = 180_000;

/** Which documents the server sees: those of our language, and files of our names whatever language they were given. */
const DOCUMENTS = [
  { scheme: 'file', language: LANGUAGE },
  { scheme: 'untitled', language: LANGUAGE },
  { scheme: REMOTE, language: LANGUAGE },
  { scheme: 'file', language: 'yaml', pattern: FILES },
];

export interface Hooks {
  readonly log: vscode.LogOutputChannel;
  readonly settings: () => Record<string, unknown>;
  /** The commands that the extension has itself. */
  readonly commands: ReadonlySet<string>;
  /** Work of the server began, or, without a title, ended. */
  readonly progress: (token: string | number, title?: string) => void;
  /** Whether this client's server once answered. */
  readonly hasRun: () => boolean;
  /** The server ended too often to be started once more. */
  readonly gaveUp: () => void;
}

export function createClient(launch: Launch, folder: string | undefined, hooks: Hooks): LanguageClient {
  const options: LanguageClientOptions = {
    documentSelector: DOCUMENTS,
    initializationOptions: hooks.settings,
    outputChannel: hooks.log,
    errorHandler: patience(hooks),
    middleware: {
      workspace: { configuration: (params) => params.items.map(hooks.settings) },
      handleWorkDoneProgress: (token, params, next) => {
        if (params.kind === 'begin') hooks.progress(token, params.title);
        if (params.kind === 'end') hooks.progress(token);
        next(token, params);
      },
    },
    markdown: { supportHtml: false },
  };
  const server = { command: launch.command, args: [...launch.args], options: { cwd: folder } };
  return new FloeClient(server, options, hooks.commands);
}

class FloeClient extends LanguageClient {
  constructor(
    server: ConstructorParameters<typeof LanguageClient>[2],
    options: LanguageClientOptions,
    private readonly own: ReadonlySet<string>,
  ) {
    super('floe', 'floe', server, options);
    this.registerFeature({
      fillClientCapabilities: (capabilities) => (capabilities.experimental = { floe: { showsInheritors: true } }),
      initialize: () => undefined,
      getState: () => ({ kind: 'static' }),
      clear: () => undefined,
    });
  }

  /** The server's commands become the editor's, but for those that the extension has: a name can be had once. */
  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    if ('register' in feature && feature.registrationType.method === ExecuteCommandRequest.method) {
      const register = feature.register.bind(feature) as (data: RegistrationData<ExecuteCommandRegistrationOptions>) => void;
      feature.register = (data) => {
        const options = data.registerOptions as ExecuteCommandRegistrationOptions;
        const commands = options.commands.filter((command) => !this.own.has(command));
        register({ ...data, registerOptions: { ...options, commands } });
      };
    }
    super.registerFeature(feature);
  }
}

/** Starts a server again that ended by itself, up to five times in three minutes. One that never ran is not tried again. */
function patience({ hasRun, gaveUp }: Hooks): ErrorHandler {
  const ends: number[] = [];
  return {
    error: (_error, _message, count) => ({ action: (count ?? 0) <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown, handled: true }),
    closed: () => {
      if (!hasRun()) return { action: CloseAction.DoNotRestart, handled: true };
      const now = Date.now();
      ends.push(now);
      if (ends.filter((end) => end > now - WITHIN).length <= RESTARTS) return { action: CloseAction.Restart, handled: true };
      gaveUp();
      return { action: CloseAction.DoNotRestart, handled: true };
    },
  };
}
