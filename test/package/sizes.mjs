/*
 * Prints what a page pays for our entries, and for other libraries beside them, minified and compressed, by two bundlers.
 *
 * Usage, after `npm run build`: node test/package/sizes.mjs [--peers]
 * With --peers the other libraries are installed by npm into .cache/sizes/, in their newest versions.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundle, sizesOf } from './bundle.mjs';
import { requireBuild } from './pack.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const client = "export { Connection } from 'autostrada';";
const withEntry = (entry, name) => `${client}\nexport { ${name} } from 'autostrada/${entry}';`;

/** A row: its name, the code of the page, and the entry that dist/ must have. */
const ours = [
  ['Connection', client, 'index'],
  ['core: everything', "export * from 'autostrada/core';", 'core'],
  ['core: connect, offline, durable', "export { connect, durable, offline } from 'autostrada/core';", 'core'],
  ['core: connect', "export { connect } from 'autostrada/core';", 'core'],
  ['core: join', "export { join } from 'autostrada/core';", 'core'],
  ['Connection, wampcra', withEntry('wampcra', 'wampcra'), 'wampcra'],
  ['Connection, scram', withEntry('scram', 'scram'), 'scram'],
  ['Connection, scram, argon2id', `${withEntry('scram', 'scram')}\nexport { argon2id } from 'autostrada/argon2';`, 'argon2'],
  ['Connection, cryptosign', withEntry('cryptosign', 'cryptosign'), 'cryptosign'],
  ['Connection, msgpack', withEntry('msgpack', 'msgpack'), 'msgpack'],
  ['Connection, cbor', withEntry('cbor', 'cbor'), 'cbor'],
  ['Connection, longPoll', withEntry('longpoll', 'longPoll'), 'longpoll'],
  ['drop-in: Connection, auth_cra', "export { Connection, auth_cra } from 'autostrada/autobahn';", 'autobahn'],
];
/** Already minified: their file is what a page loads. */
const scripts = ['autostrada.min.js', 'autobahn.min.js', 'autostrada.module.min.js'];
const peers = [
  ['graphql-ws', "export { createClient } from 'graphql-ws';"],
  ['phoenix', "export { Socket } from 'phoenix';"],
  ['wampy', "export { Wampy } from 'wampy';"],
  ['socket.io-client', "export { io } from 'socket.io-client';"],
  ['centrifuge', "export { Centrifuge } from 'centrifuge';"],
  ['@nats-io/nats-core', "export { wsconnect } from '@nats-io/nats-core';"],
  ['autobahn', "export { default } from 'autobahn';"],
];

const kilobytes = (bytes) => (bytes / 1024).toFixed(1).padStart(8);
const columns = ({ minified, gzip, brotli }) => [minified, gzip, brotli].map(kilobytes).join('');
const nothing = ['–', '–', '–'].map((each) => each.padStart(8)).join('');
const print = (name, ...cells) => console.log(`${name.padEnd(36)}${cells.join('   ')}`);

async function row(name, code, options) {
  const cells = [];
  const failures = [];
  for (const by of ['rollup', 'esbuild']) {
    try {
      cells.push(columns(await bundle(code, by, options)));
    } catch (error) {
      cells.push(nothing);
      failures.push(`  ${by} failed: ${String(error.message).split('\n')[0]}`);
    }
  }
  print(name, ...cells);
  for (const failure of failures) console.log(failure);
  return failures.length === 0;
}

/** The folder where the peers are installed, and those that npm could not get. */
function install() {
  const folder = path.join(root, '.cache/sizes');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true }));
  const missing = peers.filter(([name]) => {
    try {
      execFileSync(
        'npm',
        ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=optional', `${name}@latest`],
        {
          cwd: folder,
          stdio: ['ignore', 'ignore', 'pipe'],
          shell: process.platform === 'win32',
          timeout: 120_000,
        },
      );
      return false;
    } catch {
      return !existsSync(path.join(folder, 'node_modules', name));
    }
  });
  return { folder, missing: missing.map(([name]) => name) };
}

requireBuild();
let failed = 0;
console.log('Kilobytes (1024 bytes) of what a page loads at once: minified, gzip -9, brotli\n');
print('', 'rollup and terser       ', 'esbuild'.padStart(7));
for (const [name, code, entry] of ours) {
  if (!existsSync(path.join(root, `dist/${entry}.js`))) print(name, `skipped: dist/ has no entry "${entry}"`);
  else if (!(await row(name, code))) failed++;
}
for (const name of scripts) print(name, columns(sizesOf(readFileSync(path.join(root, 'dist', name), 'utf8'))));
if (process.argv.includes('--peers')) {
  console.log('\nOther libraries; modules of Node.js that they import count as empty');
  const { folder, missing } = install();
  for (const [name, code] of peers) {
    if (missing.includes(name)) {
      print(name, 'SKIPPED: npm did not get it');
      continue;
    }
    const { version } = JSON.parse(readFileSync(path.join(folder, 'node_modules', name, 'package.json'), 'utf8'));
    await row(`${name} ${version}`, code, { folder, isStubbed: true });
  }
} else console.log('\nOther libraries beside these: node test/package/sizes.mjs --peers');
if (failed > 0) process.exitCode = 1;
