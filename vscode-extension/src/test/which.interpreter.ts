/** Which server is started, in windows with one or both of Microsoft's extensions for Python. Without them: extension.test.ts. */

import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Connection } from '../connection';
import { connection, file, finding, open, until } from './workspace';

const PYTHON = process.env.FLOE_TEST_PYTHON ?? '';
const ENVIRONMENT = process.env.FLOE_TEST_ENVIRONMENT ?? '';
const has = (id: string): boolean => vscode.extensions.getExtension(id) !== undefined;
const python = has('ms-python.python');
const environments = has('ms-python.vscode-python-envs');

describe(`floe, ${python ? 'with' : 'without'} the extension for Python, ${environments ? 'with' : 'without'} that for environments`, () => {
  let running: Connection;

  before(async () => {
    running = await connection();
    await finding((await open(file('broken/operations-domain-manifest.yaml'))).uri, 'security/override');
  });

  if (environments) {
    it('asks the extension for environments', async () => {
      await starts(ENVIRONMENT);
    });

    it('follows when another environment is selected', async () => {
      const before = running.process?.child.pid;
      await vscode.commands.executeCommand('test.selectEnvironment', PYTHON);
      await starts(PYTHON);
      assert.notEqual(running.process?.child.pid, before);
      await vscode.commands.executeCommand('test.selectEnvironment', ENVIRONMENT);
      await starts(ENVIRONMENT);
    });

    it('asks the extension for Python where that one fails, or knows none', async () => {
      assert.ok(python);
      for (const answer of ['fails', undefined]) {
        await vscode.commands.executeCommand('test.selectEnvironment', answer);
        await starts(PYTHON);
      }
      await vscode.commands.executeCommand('test.selectEnvironment', ENVIRONMENT);
      await starts(ENVIRONMENT);
    });
  } else if (python) {
    it('asks the extension for Python, and follows it', async () => {
      await starts(PYTHON);
      await vscode.commands.executeCommand('test.selectPython', ENVIRONMENT);
      await starts(ENVIRONMENT);
    });
  }

  async function starts(interpreter: string): Promise<void> {
    await until(() => `${interpreter}; it is ${running.launch?.command}`, () => running.condition === 'running' && running.launch?.command === interpreter);
    assert.match(running.launch?.from ?? '', /of the selected interpreter$/);
  }
});
