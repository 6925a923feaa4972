// node views.mjs URL THEME: the effective configuration, the tree and the graph, as a person sees them.
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
  await page.keyboard.press('Control+B');

  await code.open('enterprise-manifest.yaml');
  await code.sees('.monaco-editor .codelens-decoration', 'products inherit');
  await code.shot(`lens-${theme}`);

  await page.locator('.activitybar .action-item a[aria-label="floe"]').click();
    await code.sees('.sidebar .monaco-list-row', '4 errors');
  await page.locator('.sidebar .monaco-list-row', { hasText: '4 errors' }).click();
  await code.sees('.tab.active', 'operations-domain-manifest.yaml');
  await code.sees('.monaco-editor .squiggly-error');
  await code.shot(`tree-${theme}`);
  await code.command('View: Close All Editors');

  await code.command('floe: Show Inheritance Graph');
  await code.sees('.tab.active', 'Data Mesh');
  const graph = page.frameLocator('iframe.webview').frameLocator('iframe');
  await graph.locator('.node.domain').first().waitFor();
  await graph.locator('.node.errors').first().waitFor();
  await code.shot(`graph-${theme}`);
  const name = await graph.locator('.node.errors text').first().textContent();
  await graph.locator('.node.errors').first().click();
  await code.sees('.tab.active', 'operations-domain-manifest.yaml');
  assert.match(name, /operations/);
});
