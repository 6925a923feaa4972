// node host.mjs URL EXTENSION TESTS: opens VS Code so that it runs TESTS in its extension host. The exit code is theirs.
const { chromium } = await import(process.env.PLAYWRIGHT);
const [address, extension, tests] = process.argv.slice(2);
const url = new URL(address);
const remote = (path) => `vscode-remote://${url.host}${path}`;
url.searchParams.set('payload', JSON.stringify([['extensionDevelopmentPath', remote(extension)], ['extensionTestsPath', remote(tests)]]));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
let code = 124;
try {
  const page = await browser.newPage();
  const ended = new Promise((resolve) => {
    page.exposeFunction('codeAutomationExit', resolve);
    setTimeout(() => resolve(124), 240_000).unref();
  });
  await page.exposeFunction('codeAutomationLog', (type, words) => console[type === 'error' ? 'error' : 'log'](...words));
  await page.goto(url.href, { waitUntil: 'domcontentloaded' });
  code = await ended;
  if (code === 124) await page.screenshot({ path: process.env.SHOTS + '/host-timeout.png' });
} finally {
  await browser.close();
}
process.exit(code);
