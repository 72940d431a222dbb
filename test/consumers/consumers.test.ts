/*
 * Projects as users have them, with what they bundle and test with, and no configuration: the package as npm would publish it is bundled,
 * and connects in a real browser.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Connection } from 'autostrada';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { entries } from '../../rollup.config.mjs';
import { hasChromium, launchChromium } from '../browser/chromium.ts';
import { openStage, type Stage } from '../browser/stage.ts';
import { installPackage, installTools } from './install.ts';

const { folder, problem } = installTools();
const projects = path.join(import.meta.dirname, 'projects');
const html = '<!doctype html><title></title><script type="module" src="./app.js"></script>';

/** How each bundles `app.js`, or `src/index.js`, in the folder it is started in. */
const bundlers = {
  vite: { input: 'app.js', command: ['node_modules/vite/bin/vite.js', 'build'] },
  webpack: {
    input: 'src/index.js',
    script: `import webpack from 'webpack';
webpack({ mode: 'production' }, (error, stats) => {
  if (error || stats.hasErrors() || stats.hasWarnings()) throw error ?? new Error(stats.toString());
});`,
  },
  esbuild: {
    input: 'app.js',
    script: `import { build } from 'esbuild';
const { warnings } = await build({ entryPoints: ['app.js'], bundle: true, outfile: 'dist/main.js' });
if (warnings.length > 0) throw new Error(JSON.stringify(warnings));`,
  },
};

/** What it printed. Asynchronous, because it may call the router of this process. */
async function runIn(project: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { NODE_ENV: _, ...inherited } = process.env; // vitest's own
  const options = { cwd: project, timeout: 60_000, env: { ...inherited, ...env } };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, options);
  return stdout + stderr;
}

/** A folder of its own, as a user has one; its `node_modules` are the tools. */
function newProject(files: Readonly<Record<string, string>>): string {
  const project = mkdtempSync(path.join(realpathSync(tmpdir()), 'autostrada-consumer-'));
  onTestFinished(() => rmSync(project, { recursive: true, force: true }));
  symlinkSync(path.join(folder, 'node_modules'), path.join(project, 'node_modules'), 'junction');
  for (const [file, content] of Object.entries({ 'package.json': '{ "private": true }', ...files })) {
    mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
    writeFileSync(path.join(project, file), content);
  }
  return project;
}

async function withAdder(files: Record<string, string>): Promise<Stage> {
  const stage = await openStage(files);
  const server = new Connection({ url: stage.router, realm: 'realm1' });
  onTestFinished(async () => {
    await server.close();
    await stage.close();
  });
  await server.register('com.example.add', ([a, b]: [number, number]) => a + b).ready;
  return stage;
}

describe.skipIf(problem !== undefined)(problem ? `CONSUMERS NOT TESTED: ${problem}` : 'a project made with', () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    installPackage(folder);
    browser = hasChromium ? await launchChromium() : undefined;
  });
  afterAll(() => browser?.close());

  const apps = ['app.js', ...('autobahn' in entries ? ['autobahn.js'] : [])];
  const matrix = Object.entries(bundlers).flatMap(([name, bundler]) => apps.map((app) => ({ name, app, bundler })));

  test.skipIf(!hasChromium).each(matrix)('$name bundles $app without configuration, and it connects', async ({ app, bundler }) => {
    const source = readFileSync(path.join(projects, app), 'utf8');
    const script = 'script' in bundler ? { 'build.mjs': bundler.script } : {};
    const project = newProject({ 'index.html': html, [bundler.input]: source, ...script });
    const said = await runIn(project, 'command' in bundler ? bundler.command : ['build.mjs']);
    expect(said).not.toMatch(/warn/i);

    const dist = path.join(project, 'dist');
    const files: Record<string, string> = { '/index.html': '<!doctype html><title></title><script src="/main.js"></script>' };
    for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
      if (/\.(js|html)$/.test(file)) files[`/${file.replaceAll('\\', '/')}`] = readFileSync(path.join(dist, file), 'utf8');
    }
    const stage = await withAdder(files);
    const page = await browser?.newPage();
    const complaints: string[] = [];
    page?.on('console', (message) => complaints.push(message.text()));
    page?.on('pageerror', (error) => complaints.push(error.message));
    await page?.goto(`${stage.url}index.html`);
    await expect.poll(() => page?.title(), { timeout: 10_000 }).toMatch(/^2 \+ 3 = 5/);
    expect(complaints).toEqual([]);
    await page?.close();
  });

  const routerBuilds = {
    webpack: bundlers.webpack.script.replace('{ mode', `{ target: 'node', mode`),
    esbuild: bundlers.esbuild.script.replace('{ entryPoints', `{ platform: 'node', entryPoints`),
  };

  /** Without symbolic links the packages of the repository, which has all optional ones, are not found. */
  const withoutOptionalPackages = {
    webpack: routerBuilds.webpack.replace('{ mode', '{ resolve: { symlinks: false }, mode').replace(' || stats.hasWarnings()', ''),
    esbuild: routerBuilds.esbuild.replace('{ entryPoints', '{ preserveSymlinks: true, entryPoints'),
  };

  test.each([
    ['webpack', 'all optional packages', routerBuilds],
    ['esbuild', 'all optional packages', routerBuilds],
    ['webpack', 'none of the optional packages', withoutOptionalPackages],
    ['esbuild', 'none of the optional packages', withoutOptionalPackages],
  ] as const)('%s bundles a router for Node.js where %s are installed', async (name, _, builds) => {
    const source = readFileSync(path.join(projects, 'router.js'), 'utf8');
    const project = newProject({ [bundlers[name].input]: source, 'build.mjs': builds[name] });
    await runIn(project, ['build.mjs']);
    expect(await runIn(project, ['dist/main.js'])).toBe('2 + 3 = 5\n');
  });

  test('Jest, in CommonJS, calls', async () => {
    const project = newProject({ 'call.test.js': readFileSync(path.join(projects, 'jest.test.js'), 'utf8') });
    const stage = await withAdder({});
    const args = ['node_modules/jest/bin/jest.js', '--ci', '--watchman=false'];
    const said = await runIn(project, args, { ROUTER_URL: stage.webSocketUrl });
    expect(said).toContain('1 passed');
    expect(said).not.toMatch(/did not exit|open handles|warn/i);
  });
});
