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

/** Milliseconds in which an extension that is asked should have answered. */
const PATIENCE = 10_000;

/** What the newer of the two says, else the older. An answer that fails or does not come is none. */
export async function selectedInterpreter(folder: vscode.Uri | undefined): Promise<string | undefined> {
  return (await answer(ofEnvironments(folder))) ?? (await answer(ofPython(folder)));
}

async function ofEnvironments(folder: vscode.Uri | undefined): Promise<string | undefined> {
  const environments = await exportsOf<Environments>('ms-python.vscode-python-envs');
  return (await environments?.getEnvironment(folder))?.execInfo?.run?.executable;
}

async function ofPython(folder: vscode.Uri | undefined): Promise<string | undefined> {
  const python = await exportsOf<MsPython>('ms-python.python');
  const active = python?.environments.getActiveEnvironmentPath(folder);
  const resolved = active && (await python?.environments.resolveEnvironment(active));
  return resolved?.executable.uri?.fsPath;
}

async function answer(asked: Promise<string | undefined>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), PATIENCE)));
  try {
    return (await Promise.race([asked, late])) || undefined;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
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
