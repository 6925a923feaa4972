/** The Python that is selected for the workspace, as the Python extensions tell it; both may be absent. */

import * as vscode from 'vscode';

/** The parts of their interfaces that are used here. */
interface Environments {
  getEnvironment(scope: vscode.Uri | undefined): Promise<{ execInfo?: { run?: { executable?: string } } } | undefined>;
  onDidChangeEnvironment?: vscode.Event<unknown>;
}
interface MsPython {
  environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
    resolveEnvironment(environment: { path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
    onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

export async function selectedInterpreter(folder: vscode.Uri | undefined): Promise<string | undefined> {
  const environments = await exportsOf<Environments>('ms-python.vscode-python-envs');
  try {
    const environment = await environments?.getEnvironment(folder);
    if (environment?.execInfo?.run?.executable) return environment.execInfo.run.executable;
    const python = await exportsOf<MsPython>('ms-python.python');
    const active = python?.environments.getActiveEnvironmentPath(folder);
    const resolved = active && (await python?.environments.resolveEnvironment(active));
    return resolved?.executable.uri?.fsPath;
  } catch {
    return undefined; // their interface changed: the PATH is asked in its place
  }
}

/** Calls back when another interpreter is selected. */
export async function onInterpreterChange(changed: () => void): Promise<vscode.Disposable[]> {
  const environments = await exportsOf<Environments>('ms-python.vscode-python-envs');
  const python = await exportsOf<MsPython>('ms-python.python');
  const events = [environments?.onDidChangeEnvironment, python?.environments?.onDidChangeActiveEnvironmentPath];
  return events.filter((event) => event !== undefined).map((event) => event(changed));
}

async function exportsOf<T>(id: string): Promise<T | undefined> {
  try {
    return (await vscode.extensions.getExtension<T>(id)?.activate()) as T | undefined;
  } catch {
    return undefined;
  }
}
