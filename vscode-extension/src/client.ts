/** The client of the protocol, with what it does differently from an ordinary one. */

import * as vscode from 'vscode';
import { CloseAction, ErrorAction, ExecuteCommandRequest, LanguageClient, TextDocumentContentRequest } from 'vscode-languageclient/node';
import type { DynamicFeature, ExecuteCommandRegistrationOptions, LanguageClientOptions, StaticFeature } from 'vscode-languageclient/node';
import { REMOTE } from './protocol';
import type { ServerProcess } from './process';

export const LANGUAGE = 'floe';
const FILES = '**/{floe,manifest,*-manifest,*_manifest}.{yaml,yml}';

/** Which documents the server sees: those of our language, and files of our names whatever language they were given. */
const DOCUMENTS = [
  { scheme: 'file', language: LANGUAGE },
  { scheme: 'untitled', language: LANGUAGE },
  { scheme: REMOTE, language: LANGUAGE },
  { scheme: 'file', language: 'yaml', pattern: FILES },
];

export interface Hooks {
  readonly log: vscode.LogOutputChannel;
  readonly settings: (folder?: vscode.Uri) => Record<string, unknown>;
  /** The commands that the extension has itself. */
  readonly commands: ReadonlySet<string>;
  /** Work of the server began, or, without a title, ended. */
  readonly progress: (token: string | number, title?: string) => void;
}

/** A client of one process. When that ends, so does the client: whoever made both decides what comes next. */
export function createClient(server: ServerProcess, hooks: Hooks): LanguageClient {
  const options: LanguageClientOptions = {
    documentSelector: DOCUMENTS,
    initializationOptions: () => hooks.settings(),
    outputChannel: hooks.log,
    errorHandler: {
      error: (_error, _message, count) => ({ action: (count ?? 0) <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown, handled: true }),
      closed: () => {
        server.kill(); // nobody hears it any more
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    },
    initializationFailedHandler: () => false,
    middleware: {
      workspace: {
        configuration: (params) =>
          params.items.map(({ scopeUri, section }) => {
            const folder = scopeUri === undefined ? undefined : vscode.Uri.parse(scopeUri);
            // What the editor does not show is not read by the server either.
            if (section === 'files.exclude') return vscode.workspace.getConfiguration('files', folder ?? null).get('exclude');
            return hooks.settings(folder);
          }),
      },
      handleWorkDoneProgress: (token, params, next) => {
        if (params.kind === 'begin') hooks.progress(token, params.title);
        if (params.kind === 'end') hooks.progress(token);
        next(token, params);
      },
    },
    markdown: { supportHtml: false },
  };
  return new FloeClient(() => Promise.resolve(server.child), options, hooks.commands);
}

class FloeClient extends LanguageClient {
  constructor(
    server: ConstructorParameters<typeof LanguageClient>[2],
    options: LanguageClientOptions,
    private readonly own: ReadonlySet<string>,
  ) {
    super('floe', 'floe', server, options);
    this.registerFeature({
      fillClientCapabilities: (capabilities) => (capabilities.experimental = { floe: { showsInheritors: true, status: true } }),
      initialize: () => undefined,
      getState: () => ({ kind: 'static' }),
      clear: () => undefined,
    });
  }

  /** What goes wrong with a server is told once, by whoever started it, and not by the client as well. */
  override error(message: string, data?: unknown, _show?: boolean | 'force'): void {
    super.error(message, data, false);
  }

  /** The server's commands and documents become the editor's, but for those that the extension has: a name is had once. */
  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    if ('register' in feature) {
      const register = feature.register.bind(feature);
      feature.register = (data) => register({ ...data, registerOptions: this.notOwn(feature.registrationType.method, data.registerOptions) });
    }
    super.registerFeature(feature);
  }

  private notOwn(method: string, options: unknown): unknown {
    if (method === ExecuteCommandRequest.method) {
      const { commands, ...rest } = options as ExecuteCommandRegistrationOptions;
      return { ...rest, commands: commands.filter((command) => !this.own.has(command)) };
    }
    if (method === TextDocumentContentRequest.method) return { ...(options as object), schemes: [REMOTE] };
    return options;
  }
}
