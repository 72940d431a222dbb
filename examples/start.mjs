/*
 * `npm start`: builds what is missing, then a router with the demos beside it. The router runs in
 * this process, every service in a process of its own (run/services.mjs). You can do all of it in
 * your own program: it uses only what the package exports.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const host = '127.0.0.1'; // this machine only: realm1 is open to anyone

/**
 * `--port 8081`; `--only chess` runs no services but the chess demo's, `--only none` runs no services; `--data FOLDER` is where the
 * services keep data that must survive them: the chess demo's accounts.
 */
function wanted() {
  const { values } = parseArgs({ options: { port: { type: 'string' }, only: { type: 'string' }, data: { type: 'string' } } });
  const given = values.port ?? process.env.PORT ?? '8080';
  if (!/^\d{1,5}$/.test(given) || Number(given) > 65535) throw new Error(`expected a port from 0 to 65535, got '${given}'`);
  return { port: Number(given), only: values.only, data: values.data };
}

function buildWhatIsMissing() {
  // The last file that the build writes, and the first that it needs.
  if (existsSync(new URL('../dist/autostrada.min.js', import.meta.url))) return;
  if (!existsSync(new URL('../node_modules', import.meta.url))) throw new Error('the dependencies are missing: run npm ci first');
  console.log('Building dist/, this once …');
  const { status } = spawnSync('npm run build', { cwd: root, stdio: 'inherit', shell: true }); // by a shell: npm is npm.cmd on Windows
  if (status !== 0) throw new Error('the build failed: see above');
}

async function start() {
  const { port, only, data } = wanted();
  buildWhatIsMissing();
  // Only now: there was nothing to import before.
  const { Router } = await import('autostrada/router');
  const { listen } = await import('autostrada/node');
  const { pages } = await import('./run/pages.mjs');
  const { planDemos } = await import('./run/demos.mjs');
  const { runServices } = await import('./run/services.mjs');
  const { realms, services } = planDemos(only);

  const server = createServer(pages(root));
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, host, resolve)).catch((error) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Error(`port ${port} is taken: choose another with npm start -- --port 8081, or with the variable PORT`);
  });
  const router = new Router({ realms });
  const { url } = await listen(router, { server });
  const raw = await listen(router, { port: 0, protocols: ['rawsocket'] }); // for the accelerometer

  // One folder per port, because only one process listens there; git ignores it.
  const folder = path.resolve(data ?? path.join(root, '.cache/demos', String(server.address().port)));
  const running = runServices(services, { WAMP_URL: url, WAMP_RAW_URL: raw.rawSocketUrl, DEMO_DATA: folder });

  const stop = async () => {
    process.off('SIGINT', stop).off('SIGTERM', stop); // a second signal ends it at once
    server.close();
    await running.stop();
    await raw.close();
    await router.close(); // GOODBYE to every session
    server.closeAllConnections();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);

  console.log(`Demos:  http://${host}:${server.address().port}/`);
  console.log(`Router: ${url}, realm realm1 (Ctrl-C stops it)`);
}

start().catch((error) => {
  console.error(`npm start: ${error.message}`);
  process.exitCode = 1;
});
