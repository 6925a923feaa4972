// What the scripts share: VS Code in a browser, and what a person would do there.
import { readFileSync } from 'node:fs';

const { chromium } = await import(process.env.PLAYWRIGHT);
const INPUT = '.quick-input-widget .quick-input-box input';
export const SHOTS = process.env.SHOTS;

// Opens the address, runs the steps with the page, and closes the browser. A failure leaves a picture.
export async function inWindow(url, steps) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(20_000);
  const said = [];
  page.on('console', (message) => {
    // That a logger was not compiled is known (scripts/vscode.sh), and long.
    if (!message.text().includes('bindings file')) said.push(`${message.type()}: ${message.text()}`);
  });
  try {
    await page.goto(url, { waitUntil: 'domcontentloaded' });
    await page.waitForSelector('.explorer-folders-view .monaco-list-row', { timeout: 60_000 });
    await steps(new Window(page));
  } catch (error) {
    await page.screenshot({ path: `${SHOTS}/failed.png` });
    console.error(said.slice(-10).join('\n').slice(-4000));
    throw error;
  } finally {
    await browser.close();
  }
}

export class Window {
  constructor(page) {
    this.page = page;
  }

  async command(name) {
    await this.page.keyboard.press('F1');
    await this.page.waitForSelector('.quick-input-list .monaco-list-row');
    // Keys typed before the box has the focus would be lost.
    await this.page.fill(INPUT, `>${name}`);
    await this.page.waitForSelector(`.quick-input-list .monaco-list-row:has-text("${name}")`);
    await this.page.keyboard.press('Enter');
    await this.page.waitForSelector('.quick-input-widget', { state: 'hidden' });
  }

  // Opens a file of the workspace by its name, as Ctrl+P does.
  async open(name) {
    await this.page.keyboard.press('Control+P');
    await this.page.waitForSelector(INPUT);
    await this.page.fill(INPUT, name);
    const tail = name.split('/').at(-1);
    await this.page.waitForSelector(`.quick-input-list .monaco-list-row:has-text("${tail}")`);
    await this.page.keyboard.press('Enter');
    await this.page.waitForSelector(`.tab.active:has-text("${tail}")`);
    await this.page.waitForSelector('.monaco-editor .view-line');
  }

  async goTo(line, column = 1) {
    await this.page.keyboard.press('Control+G');
    await this.page.waitForSelector(INPUT);
    await this.page.fill(INPUT, `:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.page.waitForSelector('.quick-input-widget', { state: 'hidden' });
  }

  line(text) {
    return this.page.locator('.monaco-editor .view-line', { hasText: text }).first();
  }

  // A word on a line, to point at.
  word(line, text) {
    return this.line(line).locator('span span', { hasText: text }).first();
  }

  async widenSidebar(by) {
    const { x, width } = await this.page.locator('.part.sidebar').boundingBox();
    await this.page.mouse.move(x + width, 300);
    await this.page.mouse.down();
    await this.page.mouse.move(x + width + by, 300, { steps: 4 });
    await this.page.mouse.up();
  }

  async until(holds) {
    for (const end = Date.now() + 20_000; !(await holds()); ) {
      if (Date.now() > end) throw new Error(`did not come about: ${holds}`);
      await this.page.waitForTimeout(50);
    }
  }

  // Presses a key until it has opened what it opens: on a busy machine a box that just went may still have had the focus.
  async opens(key, selector, text) {
    for (let left = 4; ; left--) {
      await this.page.keyboard.press(key);
      try {
        return await this.page.waitForSelector(`${selector}:has-text("${text}")`, { timeout: 5_000 });
      } catch (error) {
        if (!left) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  // Of a key at the beginning of a line.
  async colour(key) {
    const word = this.page.locator('.monaco-editor .view-line span span', { hasText: new RegExp(`^\\s*${key}$`) }).first();
    return word.evaluate((element) => getComputedStyle(element).color);
  }

  async sees(selector, text) {
    await this.page.waitForSelector(text ? `${selector}:has-text("${text}")` : selector);
  }

  async text(selector) {
    return (await this.page.locator(selector).first().innerText()).replace(/\u00a0/g, ' ');
  }

  async shot(name) {
    await this.page.mouse.move(640, 15);
    await this.shotAsItIs(name);
  }

  // With the mouse where it is, once nothing moves any more.
  async shotAsItIs(name) {
    await this.page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => 0))));
    await this.page.screenshot({ path: `${SHOTS}/${name}.png` });
  }
}

export function linesOf(file) {
  return readFileSync(file, 'utf8').split('\n');
}
