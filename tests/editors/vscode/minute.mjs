// node minute.mjs URL THEME: a newcomer's first minute, by mouse and keyboard. Each step is asserted, and has a picture.
import assert from 'node:assert/strict';
import { inWindow } from './window.mjs';

const [url, theme] = process.argv.slice(2);

await inWindow(url, async (code) => {
  const { page } = code;
  await code.open('operations-domain-manifest.yaml');
  await code.sees('.monaco-editor .squiggly-error');
  await code.sees('.statusbar-item', 'floe');

  await page.keyboard.press('Control+Shift+M');
  await code.sees('.markers-panel .monaco-list-row', 'Cannot override security policy');
  await code.shot(`problems-${theme}`);
  await page.keyboard.press('Control+Shift+M');

  await code.word('pii_encryption', 'optional').hover();
  await code.sees('.monaco-hover', 'enterprise-manifest.yaml');
  const story = await code.text('.monaco-hover:has-text("enterprise-manifest.yaml")');
  assert.match(story, /Cannot override security policy/);
  assert.match(story, /required/);
  await code.shotAsItIs(`hover-${theme}`);
  await page.keyboard.press('Escape');

  await code.word('pii_encryption', 'pii_encryption').hover();
  await code.sees('.monaco-hover', 'In effect');
  await code.shotAsItIs(`story-${theme}`);
  await page.keyboard.press('Escape');

  await code.goTo(9, 20);
  await code.opens('Control+.', '.action-widget', 'Change to');
  await code.shotAsItIs(`fix-${theme}`);
  await page.locator('.action-widget .monaco-list-row', { hasText: 'Change to' }).first().click();
  await code.sees('.monaco-editor .view-line', 'pii_encryption: required');

  await code.goTo(5, 12);
  await page.keyboard.press('Control+Shift+ArrowRight');
  await page.keyboard.press('Delete');
  await code.opens('Control+Space', '.suggest-widget.visible .monaco-list-row', 'snowflake');
  // Those that are not approved are struck out.
  const rows = await page.locator('.suggest-widget.visible .monaco-list-row:not(:has(.deprecated))').allInnerTexts();
  assert.deepEqual(rows.map((row) => row.split(/\s/)[0]).sort(), ['duckdb', 'snowflake']);
  await code.shotAsItIs(`completion-${theme}`);
  await page.keyboard.press('Escape');
});
