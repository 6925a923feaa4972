// The interface of ms-python.python, as far as others ask it which interpreter is selected.
const vscode = require('vscode');

const changes = new vscode.EventEmitter();
let selected = process.env.FLOE_TEST_PYTHON;

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand('test.selectPython', (path) => {
      selected = path;
      changes.fire({ path });
    }),
  );
  return {
    environments: {
      getActiveEnvironmentPath: () => ({ id: selected, path: selected }),
      resolveEnvironment: async ({ path }) => ({ executable: { uri: vscode.Uri.file(path) } }),
      onDidChangeActiveEnvironmentPath: changes.event,
    },
  };
};
