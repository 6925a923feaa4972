/** Runs inside VS Code's extension host, which requires this file and calls run(): mocha over the *.test.js beside it, or
 * over those of another kind, which want a window of their own. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import Mocha from 'mocha';

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, color: false, reporter: 'min', grep: process.env.FLOE_TEST_GREP });
  const ending = `.${process.env.FLOE_TEST_KIND ?? 'test'}.js`;
  // The status item counts over all open files, so it is tested while there are few.
  const files = fs.readdirSync(__dirname).sort((a, b) => Number(b.startsWith('status')) - Number(a.startsWith('status')) || a.localeCompare(b));
  for (const file of files) if (file.endsWith(ending)) mocha.addFile(path.join(__dirname, file));
  const results: { title: string; error?: string }[] = [];
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) => results.push({ title: test.fullTitle() }));
    runner.on('fail', (test, error: Error) => results.push({ title: test.fullTitle(), error: error.stack ?? error.message }));
  });
  if (process.env.FLOE_TEST_RESULTS) fs.writeFileSync(process.env.FLOE_TEST_RESULTS, JSON.stringify(results));
  if (failures) throw new Error(`${failures} failed`);
}
