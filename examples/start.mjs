/*
 * `npm start`: builds what is missing, then a router with the demos beside it. All it does you can do in a program of your own: it uses
 * only what the package exports.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const host = '127.0.0.1'; // this machine only: every realm here is open to anyone

function portWanted() {
  const { values } = parseArgs({ options: { port: { type: 'string' } } });
  const given = values.port ?? process.env.PORT ?? '8080';
  if (!/^\d{1,5}$/.test(given) || Number(given) > 65535) throw new Error(`expected a port from 0 to 65535, got '${given}'`);
  return Number(given);
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
  const port = portWanted();
  buildWhatIsMissing();
  // Only now: there was nothing to import before.
  const { Router } = await import('autostrada/router');
  const { listen } = await import('autostrada/node');
  const { default: sirv } = await import('sirv');

  // dev: files are read anew each time, so that an edited page is there after a reload.
  const pages = sirv(`${root}examples`, { dev: true });
  const bundle = sirv(`${root}dist`, { dev: true });
  const server = createServer((request, response) => {
    const notFound = () =>
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not found. The demos are at /\n');
    const isBundle = /^\/autostrada\.min\.js(\.map)?($|\?)/.test(request.url ?? '');
    (isBundle ? bundle : pages)(request, response, notFound);
  });

  await new Promise((resolve, reject) => server.once('error', reject).listen(port, host, resolve)).catch((error) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Error(`port ${port} is taken: choose another with npm start -- --port 8081, or with the variable PORT`);
  });
  const router = new Router({ realms: { realm1: 'open' } });
  const { url } = await listen(router, { server });

  const stop = async () => {
    process.off('SIGINT', stop).off('SIGTERM', stop); // a second signal ends it at once
    server.close();
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
