// The pages of docs/guide/browsers.md as they stand there; only the CDN is replaced by this machine.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Connection } from 'autostrada';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { hasChromium, launchChromium } from './chromium.ts';
import { root } from './processes.ts';
import { openStage } from './stage.ts';

const guide = readFileSync(path.join(root, 'docs/guide/browsers.md'), 'utf8');
const blocks = [...guide.matchAll(/^```(html|http)\n([\s\S]*?)^```$/gm)].map(([, kind, code]) => ({ kind, code: code ?? '' }));
const pages = blocks.filter(({ kind }) => kind === 'html').map(({ code }) => code);
const policy =
  blocks
    .find(({ kind }) => kind === 'http')
    ?.code.replace('Content-Security-Policy: ', '')
    .trim() ?? '';
const cdn = 'https://cdn.jsdelivr.net/npm/autostrada/dist/';

describe.skipIf(!hasChromium)('the guide to browsers', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  /** What the page says at last, and what it complains of. */
  async function visit(files: Record<string, string>, headers: Record<string, string> = {}): Promise<[string, string[]]> {
    const stage = await openStage(files, headers);
    const server = new Connection({ url: stage.router, realm: 'realm1' });
    const page = await browser.newPage();
    onTestFinished(async () => {
      await page.close();
      await server.close();
      await stage.close();
    });
    await server.register('com.example.add', ([a, b]: [number, number]) => a + b).ready;
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${stage.url}page.html`);
    await expect.poll(() => page.title()).not.toBe('');
    return [await page.title(), complaints];
  }

  test('shows two pages and a policy', () => {
    expect(pages.map((code) => code.includes(cdn))).toEqual([true, true]);
    expect(policy).toMatch(/^default-src/);
  });

  test.each([
    ['script tag', 0],
    ['module', 1],
  ])('shows a page with a %s that can call', async (_, index) => {
    expect(await visit({ '/page.html': (pages[index] ?? '').replace(cdn, '/') })).toEqual(['the sum is 5', []]);
  });

  test('shows a policy that allows what the page needs, with the scripts in files', async () => {
    const [, inline = ''] = /<script>\n([\s\S]*?)<\/script>/.exec(pages[0] ?? '') ?? [];
    const html = '<!doctype html><script src="/autostrada.min.js"></script><script src="/page.js"></script>';
    const files = { '/page.html': html, '/page.js': inline };
    expect(await visit(files, { 'content-security-policy': policy })).toEqual(['the sum is 5', []]);
  });
});
