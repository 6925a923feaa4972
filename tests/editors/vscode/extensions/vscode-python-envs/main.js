// The interface of ms-python.vscode-python-envs, as far as others ask it which environment a folder has.
const vscode = require('vscode');

const changes = new vscode.EventEmitter();
let selected = process.env.FLOE_TEST_ENVIRONMENT;

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand('test.selectEnvironment', (path) => {
      selected = path;
      changes.fire({ uri: undefined });
    }),
  );
  return {
    async getEnvironment(scope) {
      if (selected === 'fails') throw new Error('it has not found out yet');
      return selected && scope && { envId: { id: selected }, execInfo: { run: { executable: selected } } };
    },
    onDidChangeEnvironment: changes.event,
  };
};
