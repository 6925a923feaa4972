// node views.mjs URL THEME: the effective configuration, the tree, the graph, what an edit does and what another version
// would do, as a person sees them.
import assert from 'node:assert/strict';
import { inWindow } from './window.mjs';

const [url, theme] = process.argv.slice(2);

await inWindow(url, async (code) => {
  const { page } = code;
  await code.open('sales/customer-360/floe.yaml');
  await code.sees('.statusbar-item', 'floe');
  await page.keyboard.press('Control+B');
  await code.command('floe: Show Effective Configuration');
  await code.sees('.tab', 'Effective floe.yaml');
  await code.sees('.monaco-editor .view-line', '# enterprise');
  await page.locator('.monaco-editor .view-line', { hasText: 'pii_encryption: required' }).first().click();
  await code.command('View: Maximize Editor Group');
  await code.shot(`effective-${theme}`);
  await code.command('View: Close All Editors');

  // What another version of the parent would do.
  await code.open('hr-domain-manifest.yaml');
  await code.sees('.monaco-editor .squiggly-error');
  await code.command('floe: What Would Change with Another Version');
  await code.sees('.quick-input-list .monaco-list-row', 'v2.0.0');
  await code.shotAsItIs(`versions-${theme}`);
  await page.keyboard.press('Enter');
  await code.sees('.tab', 'hr-domain-manifest.yaml with v2.0.0');
  await code.sees('.monaco-editor .view-line', 'datadog → grafana');
  await page.locator('.monaco-editor .view-line', { hasText: 'datadog' }).first().click();
  await code.shot(`whatif-${theme}`);
  await code.command('View: Close All Editors');
  await page.keyboard.press('Control+B');

  await code.open('enterprise-manifest.yaml');
  await code.sees('.monaco-editor .codelens-decoration', 'products inherit');
  await code.shot(`lens-${theme}`);
  await page.locator('.monaco-editor .codelens-decoration a', { hasText: 'products inherit' }).click();
  await code.sees('.peekview-widget .monaco-list-row', 'operations-domain-manifest.yaml');
  await code.shot(`inheritors-${theme}`);
  await page.keyboard.press('Escape');
  await page.waitForSelector('.peekview-widget', { state: 'hidden' });

  // What an edit does, before it is saved.
  await code.goTo(4, 21);
  for (let count = 0; count < ', "snowflake"'.length; count++) await page.keyboard.press('Delete');
  await code.goTo(10, 24);
  await page.keyboard.press('Shift+End');
  await page.keyboard.type('14');
  const lens = page.locator('.monaco-editor .codelens-decoration a', { hasText: 'would break' }).first();
  await lens.waitFor();
  await lens.click();
  await code.sees('.sidebar .pane-header', 'Impact of the Edit');
  await code.sees('.sidebar .monaco-list-row', 'snowflake is not approved');
  await page.locator('.sidebar .pane-header', { hasText: 'Data Mesh' }).click();
  await code.widenSidebar(200);
  await page.locator('.sidebar .monaco-list-row', { hasText: 'marketing-domain' }).first().click();
  await code.sees('.sidebar .monaco-list-row', '30 → 14');
  await code.shot(`impact-${theme}`);
  await page.locator('.sidebar .monaco-list-row', { hasText: 'snowflake is not approved' }).first().click();
  await code.sees('.tab.active', '-domain-manifest.yaml');
  await code.sees('.monaco-editor .view-line', 'snowflake');
  await code.command('View: Close All Editors');
  await page.locator('.monaco-dialog-box .monaco-button', { hasText: "Don't Save" }).click();

  await code.widenSidebar(-160);
  await page.locator('.sidebar .pane-header', { hasText: 'Impact of the Edit' }).click();
  await page.locator('.sidebar .pane-header', { hasText: 'Data Mesh' }).click();
  await code.sees('.sidebar .monaco-list-row', '4 errors');
  await page.locator('.sidebar .monaco-list-row', { hasText: '4 errors' }).click();
  await code.sees('.tab.active', 'operations-domain-manifest.yaml');
  await code.sees('.monaco-editor .squiggly-error');
  // Keys that a tier above decided do not look like those that a domain may set.
  const keys = ['scope', 'data_retention_days', 'pii_encryption'];
  await code.until(async () => new Set(await Promise.all(keys.map((key) => code.colour(key)))).size === keys.length);
  await code.sees('.monaco-editor .codelens-decoration', 'Resolves');
  await code.shot(`tree-${theme}`);
  await page.locator('.statusbar-item[id="floe-dev.floe.floe.status"] a').click();
  await code.sees('.quick-input-list .monaco-list-row', 'Refresh Parents');
  const menu = await page.locator('.quick-input-list .monaco-list-row').allInnerTexts();
  for (const entry of ['Effective', 'Impact', 'Another Version', 'Graph', 'Refresh', 'Log', 'Restart']) assert.ok(menu.some((each) => each.includes(entry)), entry);
  await code.shotAsItIs(`menu-${theme}`);
  await page.keyboard.press('Escape');
  await code.command('View: Close All Editors');

  await code.command('floe: Show Inheritance Graph');
  await code.sees('.tab.active', 'Data Mesh');
  const graph = page.frameLocator('iframe.webview').frameLocator('iframe');
  await graph.locator('.node.domain').first().waitFor();
  await graph.locator('.node.errors').first().waitFor();
  await page.keyboard.press('Control+B');
  await code.shot(`graph-${theme}`);
  const node = graph.locator('.node.errors', { hasText: 'operations' });
  await node.click();
  await code.sees('.tab.active', 'operations-domain-manifest.yaml');
});
