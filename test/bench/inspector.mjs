/*
 * What the inspector's page costs a browser while many sessions are there and much happens: tasks of more than 50 ms after it was loaded (what one feels), the share of the time in
 * which its thread works, and its heap. The tables are scrolled all the time.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { Child } from './child.mjs';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const VIEWS = ['overview', 'sessions', 'live', 'uris', 'calls'];
const RATE = 5000;
const SCROLL_MS = 500;
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** BROWSER_PATH, or the first Chromium on PATH. */
function findBrowser() {
  const { BROWSER_PATH, PATH = '' } = process.env;
  const all = NAMES.flatMap((name) => PATH.split(path.delimiter).map((folder) => path.join(folder, name)));
  return BROWSER_PATH || all.find((file) => existsSync(file));
}

/** @param {{ sessions: number, seconds: number }} plan */
export async function measureInspector({ sessions, seconds }) {
  const executablePath = findBrowser();
  if (!executablePath) throw new Error('there is no Chromium here: set BROWSER_PATH');
  const router = spawn(process.execPath, [cli, 'router', '--port', '0', '--inspect'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let load;
  let browser;
  try {
    let said = '';
    while (!/inspector at \S+\n/.test(said)) said += (await once(router.stdout, 'data'))[0];
    const [, url = ''] = /router at (ws:\S+),/.exec(said) ?? [];
    const [, address = ''] = /inspector at (\S+)\n/.exec(said) ?? [];
    // Two more call and publish, and the router takes 10,000.
    load = new Child('inspected-load.mjs', [url, String(Math.min(sessions, 9998)), String(RATE)]);
    await load.next(120_000);
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    const page = await browser.newPage({ viewport: { width: 1360, height: 820 } });
    await page.addInitScript(() => {
      globalThis.longTasks = [];
      const note = (list) => globalThis.longTasks.push(...list.getEntries().map(({ duration }) => duration));
      new PerformanceObserver(note).observe({ entryTypes: ['longtask'] });
    });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable');
    const metrics = async () =>
      Object.fromEntries((await devtools.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]));
    await page.goto(address);
    const rows = [];
    for (const view of VIEWS) {
      await page.evaluate((name) => {
        location.hash = name;
      }, view);
      await pause(2000);
      await page.evaluate(() => globalThis.longTasks.splice(0));
      const before = await metrics();
      for (let at = 0; at < seconds * 1000; at += SCROLL_MS) {
        await pause(SCROLL_MS);
        await page.evaluate((to) => document.querySelector('.scroller')?.scrollTo(0, to), (at * 7919) % 30_000);
      }
      const after = await metrics();
      const longTasks = await page.evaluate(() => globalThis.longTasks);
      const share = (after.TaskDuration - before.TaskDuration) / (after.Timestamp - before.Timestamp);
      rows.push({ view, longTasks, share, heapBytes: after.JSHeapUsedSize });
      process.stderr.write('.');
    }
    return rows;
  } finally {
    process.stderr.write('\n');
    await browser?.close();
    load?.kill();
    router.kill();
  }
}
