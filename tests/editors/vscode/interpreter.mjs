// node interpreter.mjs URL: the server of the interpreter that the Python extension has selected.
import { inWindow } from './window.mjs';

await inWindow(process.argv[2], async (code) => {
  await code.open('operations-domain-manifest.yaml');
  await code.sees('.monaco-editor .squiggly-error');
  await code.page.locator('.statusbar-item[id="floe-dev.floe.floe.status"]').hover();
  await code.sees('.monaco-hover', 'of the selected interpreter');
});
