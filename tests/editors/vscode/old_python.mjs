// node old_python.mjs URL: a machine whose only Python is too old. One message says so, and what to do.
import assert from 'node:assert/strict';
import { inWindow } from './window.mjs';

await inWindow(process.argv[2], async (code) => {
  await code.open('operations-domain-manifest.yaml');
  await code.sees('.statusbar-item', 'floe: not running');
  await code.command('Notifications: Show Notifications');
  await code.sees('.notifications-center .notification-list-item', 'floe needs Python 3.11 or later');
  const messages = await code.page.locator('.notifications-center .notification-list-item', { hasText: 'floe' }).allInnerTexts();
  assert.equal(messages.length, 1);
  assert.match(messages[0], /found Python 3\.9/);
  await code.shot('old-python');
  await code.page.locator('.notifications-center .notification-list-item .monaco-button', { hasText: 'Show Log' }).click();
  // Its text would be written by a library that is not compiled for the tests.
  await code.sees('.panel .action-item.checked', 'Output');
  await code.sees('.panel .title-actions', 'floe');
});
