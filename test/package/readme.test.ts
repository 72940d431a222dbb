/*
 * What README, the first guide and examples/node show runs as it stands there, as a user's program would: in a folder of its own, with the
 * built package.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from 'autostrada';
import { listen } from 'autostrada/node';
import { Router } from 'autostrada/router';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { brokenLinks } from '../fixtures/links.ts';
import { bundle } from './bundle.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const guide = readFileSync(path.join(root, 'docs/guide/getting-started.md'), 'utf8');
const blocksOf = (page: string) =>
  [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, code]) => ({ language, code: code ?? '' }));
const block = (page: string, fragment: string): string => {
  const found = blocksOf(page).find(({ code }) => code.includes(fragment));
  if (!found) throw new Error(`there is no code with ${fragment}`);
  return found.code;
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'autostrada-readme-'));
  mkdirSync(path.join(folder, 'node_modules'));
  mkdirSync(path.join(folder, 'public'));
  symlinkSync(root, path.join(folder, 'node_modules', 'autostrada'), 'junction');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const example = (name: string): string => readFileSync(path.join(root, 'examples/node', name), 'utf8');

/** Starts a program; it is ended with the test. */
function start(
  code: string,
  args: readonly string[] = [],
): { child: ChildProcess; output: () => string; exited: Promise<number | null> } {
  const file = path.join(folder, `program-${Math.random().toString(36).slice(2)}.mjs`);
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  writeFileSync(file, outputText);
  const child = spawn(process.execPath, ['--preserve-symlinks-main', file, ...args], { cwd: folder });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, output: () => output, exited };
}

async function routerOnPort(): Promise<{ url: string; connection: Connection }> {
  const router = new Router({ realms: { realm1: 'open' } });
  const listener = await listen(router, { port: 0 });
  const connection = new Connection({ url: router, realm: 'realm1' });
  onTestFinished(async () => {
    await connection.close();
    await listener.close();
    await router.close();
  });
  return { url: listener.url, connection };
}

const text = (url: string, code: string): string => code.replace('ws://127.0.0.1:8080/ws', url);

describe('[H12] the README', () => {
  test('is a first page: one line, how to install it, ten lines of code, a picture, six bullets', () => {
    const [title, , line, , fence, install] = readme.split('\n');
    expect(title).toBe('# Autostrada');
    expect(line).toMatch(/^\w.{40,140}$/);
    expect(`${fence} ${install}`).toBe('```sh npm install autostrada');
    expect(blocksOf(readme).map(({ language }) => language)).toEqual(['sh', 'js', 'sh']);
    expect(
      block(readme, 'new Router')
        .trim()
        .split('\n')
        .filter((each) => each !== '').length,
    ).toBeLessThanOrEqual(10);
    expect(readme.indexOf('![')).toBeLessThan(readme.indexOf('## '));
    const bullets = [...(readme.split('## ')[0] ?? '').matchAll(/^- (.*)$/gm)].map(([, text = '']) => text);
    expect(bullets.length).toBe(6);
    expect(bullets.filter((text) => text.split(' ').length > 12)).toEqual([]);
    expect(readme.split('\n').length).toBeLessThanOrEqual(150);
  });

  test('keeps the two commands of the repository', () => {
    expect(block(readme, 'npm ci')).toMatch(/^npm ci && npm start .*\nnpm test /);
  });

  test('says how many bytes the client adds to a page', async () => {
    for (const bundler of ['rollup', 'esbuild'] as const) {
      const { kilobytes } = await bundle("export { Connection } from 'autostrada';", bundler);
      expect(kilobytes).toBeLessThan(Number(/under (\d+) KB in a page/.exec(readme)?.[1]));
    }
  });

  test('has a program that prints what the comments say, and ends by itself', async () => {
    const { output, exited } = start(block(readme, 'new Router'));
    expect(await exited).toBe(0);
    expect(output()).toBe('hello joe\nnews: it works\n');
  });
});

describe('[H12] the first guide', () => {
  test('has a page that is the same as examples/page.html', () => {
    const page = readFileSync(path.join(root, 'examples/page.html'), 'utf8');
    expect(page.replace(/^ {4}/gm, '')).toContain(block(guide, 'autostrada.min.js'));
  });

  test('has a router that listens', async () => {
    const { output } = start(block(guide, "port: 8080, web: './public'").replace('8080', '0'));
    await expect.poll(output, { timeout: 10_000 }).toMatch(/^router at ws:\/\/127\.0\.0\.1:\d+\/ws\n$/);
  });

  test('has a service that answers and listens', async () => {
    const { url, connection } = await routerOnPort();
    const { output } = start(text(url, block(guide, "subscribe('fascinatingSubject'")));
    await expect.poll(output, { timeout: 10_000 }).toContain('joined');
    await expect.poll(() => connection.call('callMeMaybe', ['hi']).catch(() => undefined)).toBe('Node.js heard: hi');
    connection.publish('fascinatingSubject', ['extra']);
    await expect.poll(output).toContain('news: extra');
  });
});

describe('[H12] our pages', () => {
  const pages = [
    'README.md',
    ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => `docs/${file}`),
  ].filter((file) => file.endsWith('.md') && !file.startsWith('docs/api/'));

  test('link to files and headings that exist', () => {
    expect(pages.flatMap((page) => brokenLinks(root, page))).toEqual([]);
  });

  test('are all in the list of guides', () => {
    const list = readFileSync(path.join(root, 'docs/guide/README.md'), 'utf8');
    const guides = readdirSync(path.join(root, 'docs/guide')).filter((file) => file.endsWith('.md') && file !== 'README.md');
    expect(guides.filter((file) => !new RegExp(`^- \\[[^\\]]+\\]\\(${file}\\): `, 'm').test(list))).toEqual([]);
  });

  test('contain the words that people search for', () => {
    const list = readFileSync(path.join(root, 'docs/guide/README.md'), 'utf8');
    const words = [
      'CORS',
      'Docker',
      'systemd',
      'nginx',
      'reconnect',
      'timeout',
      'TLS',
      'wss',
      'self-signed',
      'health check',
      'React',
      'TypeScript',
      'ERR_',
    ];
    expect(words.filter((word) => !list.includes(word))).toEqual([]);
  });
});

describe('the programs in examples/node', () => {
  test('print hello from hello.ts, which ends by itself', async () => {
    const { output, exited } = start(example('hello.ts'));
    expect(await exited).toBe(0);
    expect(output()).toBe('5\nnews: hello\n');
  });

  test('work together: router.mjs, service.mjs and client.mjs', async () => {
    const router = start(example('router.mjs'), ['public', '0']);
    await expect.poll(router.output, { timeout: 10_000 }).toMatch(/ws:/);
    const url = /ws:\S+/.exec(router.output())?.[0] ?? '';
    const service = start(example('service.mjs'), [url]);
    await expect.poll(service.output, { timeout: 10_000 }).toContain('waiting for calls');
    const client = start(example('client.mjs'), [url]);
    expect(await client.exited).toBe(0);
    expect(client.output()).toContain('answer: Node.js v');
    await expect.poll(service.output).toMatch(/news: Node.js was here\ncalled: hello from Node.js/);
    router.child.kill('SIGINT');
    expect(await router.exited).toBe(0);
    service.child.kill('SIGINT');
    expect(await service.exited).toBe(0);
  });
});
