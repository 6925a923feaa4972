// What redhat.vscode-yaml does with YAML files: all of the language `yaml` are yaml-language-server's. Bundled by the test.
const { LanguageClient, TransportKind } = require('vscode-languageclient/node');

exports.activate = async (context) => {
  const server = { module: process.env.FLOE_TEST_YAML_SERVER, transport: TransportKind.stdio };
  const client = new LanguageClient('yaml', 'YAML Support', server, {
    documentSelector: [{ language: 'yaml' }, { language: 'dockercompose' }, { language: 'github-actions-workflow' }, { pattern: '*.y(a)ml' }],
    synchronize: { configurationSection: ['yaml', '[yaml]'] },
  });
  context.subscriptions.push(client);
  await client.start();
  await client.sendNotification('yaml/supportSchemaSelection', {});
};
