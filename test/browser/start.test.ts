// `npm start`, from the outside. It needs no browser, but what it serves is for one.
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Connection } from 'autostrada';
import { afterEach, describe, expect, test } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { dataFolder, root, run, start, startDemos, stopAll } from './processes.ts';

afterEach(stopAll);

/** Somebody may run the demos of this folder at the same time. */
const ownStore = (): readonly string[] => ['--store', path.join(dataFolder(), 'store')];

describe('npm start', () => {
  test('[K1] is autostrada up examples/router.json, after the build if it is missing', () => {
    expect(pkg.bin.autostrada).toBe('./dist/cli.js');
    expect([pkg.scripts.prestart, pkg.scripts.start]).toEqual(['node examples/build.mjs', `node ${start.join(' ')}`]);
  });

  test('prints where the demos and the router are', async () => {
    const demos = await startDemos();
    expect(demos.port).not.toBe('0');
    expect(demos.out()).toBe(
      `router at ws://127.0.0.1:${demos.port}/ws, realm realm1, chess, iot, settings, upload, videos, pages at http://127.0.0.1:${demos.port}/ (realm1 open to anyone; Ctrl-C stops it)\n`,
    );
  });

  test('uses the port of the variable PORT, unless there is --port', async () => {
    const { port } = await startDemos();
    const byVariable = run([...start, ...ownStore()], { env: { PORT: port } });
    await expect(byVariable.until(/router at/)).rejects.toThrow(`port ${port} is taken`);
    const byOption = run([...start, '--port', '0', '--only', 'none', ...ownStore()], { env: { PORT: port } });
    await byOption.until(/router at/);
  });

  test('says in one line that the port is taken, and how to use another, and ends with 1', async () => {
    const { port } = await startDemos();
    const second = run([...start, '--port', port, ...ownStore()]);
    await expect.poll(() => second.process.exitCode, { timeout: 10_000 }).toBe(1);
    await second.stop();
    expect(second.err()).toBe(`autostrada: port ${port} is taken: choose another with --port, or with the variable PORT\n`);
    expect(second.out()).toBe('');
  });

  test('[K5] says which process has the store, and how to use another', async () => {
    const data = dataFolder();
    const demos = await startDemos('0', 'none', data);
    const second = run([...start, '--port', '0', '--store', path.join(data, 'store')]);
    expect(await second.ended).toBe(1);
    expect(second.err()).toMatch(
      new RegExp(
        `^autostrada: the store \\S+store is in use by process ${demos.process.pid} on \\S+, since \\S+: choose another folder with --store\n$`,
      ),
    );
  });

  test.each([
    ['--port', 'eighty'],
    ['--port', '65536'],
    ['--prot', '8081'],
  ])('refuses %s %s with a line that says why', async (...args) => {
    const program = run([...start, ...args]);
    await expect.poll(() => program.process.exitCode, { timeout: 10_000 }).toBe(1);
    await program.stop();
    expect(program.err()).toMatch(/^autostrada: .*('eighty'|'65536'|'--prot').*\n/);
  });

  test.each([
    ['ches', "'ches'; did you mean 'chess'?"],
    ['iot,setings', "'setings'; did you mean 'settings'?"],
    ['chess,draughts', "'draughts'"],
    ['', "''"],
  ])('[H13] refuses --only %j, and suggests what was meant', async (only, got) => {
    const program = run([...start, '--port', '0', '--only', only]);
    expect(await program.ended).toBe(1);
    const names = 'chess, iot, settings, upload, videos';
    expect(program.err()).toContain(`autostrada: expected 'none' or names of components (${names}) after --only, got ${got}\n`);
    expect(program.out()).toBe('');
  });

  test('serves the pages, the files that they need, and a hint for other paths', async () => {
    const { url } = await startDemos();
    const status = async (file: string) => (await fetch(url + file)).status;
    for (const file of ['/', '/style.css', '/demo.js', '/icon.svg', '/autostrada.min.js'])
      expect(await status(file), file).toBe(200);
    for (const folder of ['/callmemaybe/', '/fascinating-subject/']) {
      expect(await status(folder)).toBe(200);
      expect(await status(`${folder}button.html`)).toBe(200);
    }
    const missing = await fetch(`${url}/nothing`);
    expect([missing.status, await missing.text()]).toEqual([404, 'Not found. The WAMP router is at /ws.\n']);
    expect(await status('/cli.js')).toBe(404);
  });

  test.skipIf(process.platform === 'win32').each([
    ['SIGINT', 'says GOODBYE to every session', 'wamp.close.system_shutdown'],
    ['SIGTERM', 'closes the connections, so that all clients come back after a restart', 'wamp.error.network_failure'],
  ] as const)('stops after %s: %s, and ends with 0 [R08]', async (signal, _, uri) => {
    const demos = await startDemos();
    const connection = new Connection({ url: demos.router, realm: 'realm1', retry: false });
    connection.on('error', () => {}); // `closed` tells
    await connection.open();
    const ended = connection.closed;
    expect(await demos.stop(signal)).toBe(0);
    expect(await ended).toMatchObject({ name: 'ConnectionLostError', uri });
    expect(demos.err()).toBe('');
  });

  test('builds what is missing', async () => {
    const copy = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'autostrada-start-')));
    try {
      // The real build takes its time and has tests of its own: here it is enough that it is run.
      const build = `node -e "fs.cpSync(${JSON.stringify(path.join(root, 'dist')).replaceAll('"', "'")}, 'dist', { recursive: true })"`;
      writeFileSync(path.join(copy, 'package.json'), JSON.stringify({ ...pkg, scripts: { build } }));
      cpSync(path.join(root, 'examples'), path.join(copy, 'examples'), { recursive: true });
      symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'), 'junction');
      const built = run(['examples/build.mjs'], { cwd: copy });
      expect(await built.ended).toBe(0);
      expect(built.out()).toContain('Building dist/, this once …');
      const program = run([...start, '--port', '0', '--only', 'none'], { cwd: copy });
      const url = await program.until(/pages at (http:\S+)\//);
      const script = await (await fetch(`${url}/autostrada.min.js`)).text();
      expect(script).toBe(readFileSync(path.join(root, 'dist/autostrada.min.js'), 'utf8'));
      await program.stop();
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});

describe('scripts for Node.js', () => {
  test('can be a service that answers client.mjs and receives its news', async () => {
    const { router } = await startDemos();
    const service = run(['examples/node/service.mjs', router]);
    await service.until(/waiting for calls and news/);
    const client = run(['examples/node/client.mjs', router]);
    await client.until(new RegExp(`answer: Node.js ${process.version}`));
    await expect.poll(() => client.process.exitCode, { timeout: 10_000 }).toBe(0);
    await service.until(/called: hello from Node.js/);
    await service.until(/news: Node.js was here/);
    if (process.platform !== 'win32') expect(await service.stop('SIGINT')).toBe(0);
  });

  test('say that nobody answers, or that there is already a service', async () => {
    const { router } = await startDemos();
    const client = run(['examples/node/client.mjs', router]);
    await expect.poll(() => client.process.exitCode, { timeout: 10_000 }).toBe(1);
    expect(client.err()).toBe('nobody answers: run service.mjs, or open /callmemaybe/ in a browser\n');
    await run(['examples/node/service.mjs', router]).until(/waiting/);
    const second = run(['examples/node/service.mjs', router]);
    await expect.poll(() => second.process.exitCode, { timeout: 10_000 }).toBe(1);
    expect(second.err()).toMatch(/^wamp\.error\.procedure_already_exists.*\n$/);
  });
});
