// node untrusted.mjs URL: a workspace that nobody trusts yet. Its settings name a program; that must not run.
import assert from 'node:assert/strict';
import { inWindow } from './window.mjs';

await inWindow(process.argv[2], async (code) => {
  const { page } = code;
  await code.sees('.statusbar-item', 'Restricted Mode');
  await code.open('operations-domain-manifest.yaml');
  await code.sees('.monaco-editor .squiggly-error');
  await page.locator('.statusbar-item[id="floe-dev.floe.floe.status"], .statusbar-item:has-text("floe: offline")').first().hover();
  await code.sees('.monaco-hover', 'not trusted');
  const told = await code.text('.monaco-hover:has-text("not trusted")');
  assert.match(told, /the server of the extension, on Python 3\.\d+/);
  await code.shotAsItIs('untrusted');
  // Each has another way to a registry; none of them is gone.
  for (const name of ['a', 'b', 'c']) {
    await code.open(`${name}-domain-manifest.yaml`);
    await code.sees('.monaco-editor .squiggly-info, .monaco-editor .squiggly-warning');
    await code.word('parent_manifest', 'oci').hover();
    await code.sees('.monaco-hover', 'not trusted');
    await page.keyboard.press('Escape');
    await code.command('View: Close All Editors');
  }
});
