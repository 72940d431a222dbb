/*
 * The table of `npm run test:interop`. A new peer is a row here, a program in peers/, and what it does otherwise in deviations.ts.
 */
import { spawn } from 'node:child_process';
import { findCrossbar, startCrossbar } from './crossbar.ts';
import { environmentOf, fromCrates, fromDebian, fromGo, fromMaven, fromNpm, fromPyPi, here, isMissing } from './install.ts';
import { type ClientPeer, type Command, type Missing, type Peer, type RouterPeer, type Running, waysOf } from './peer.ts';
import { freePort, listening } from './ports.ts';

const [all, webSockets] = [
  waysOf(['websocket', 'rawsocket'], ['json', 'msgpack', 'cbor']),
  waysOf(['websocket'], ['json', 'msgpack', 'cbor']),
];

export const ourClient: Command = { program: process.execPath, args: [`${here}/peers/javascript/autostrada.mjs`] };

const javascript: readonly ClientPeer[] = [
  {
    role: 'client',
    name: 'Autostrada',
    language: 'JavaScript',
    version: 'this one',
    required: true,
    reconnects: true,
    ways: all,
    logins: ['ticket', 'wampcra', 'wampcra salted', 'cryptosign', 'scram', 'scram argon2id'],
    get: () => ourClient,
  },
  {
    role: 'client',
    name: 'Autobahn|JS',
    language: 'JavaScript',
    version: '26.3.1',
    required: true,
    reconnects: true,
    ways: [...webSockets, ...waysOf(['rawsocket'], ['json'])],
    logins: ['ticket', 'wampcra', 'wampcra salted', 'cryptosign'],
    get: () => fromNpm('autobahn-js', ['autobahn@26.3.1'], 'autobahn.mjs'),
  },
  {
    role: 'client',
    name: 'wampy',
    language: 'JavaScript',
    version: '8.0.2',
    required: true,
    reconnects: true,
    ways: webSockets,
    logins: ['ticket', 'wampcra', 'wampcra salted', 'cryptosign'],
    get: () => fromNpm('wampy-js', ['wampy@8.0.2'], 'wampy.mjs'),
  },
  {
    role: 'client',
    name: 'kraftfahrstrasse',
    language: 'JavaScript',
    version: '0.9.0',
    required: true,
    reconnects: false,
    ways: waysOf(['websocket'], ['json', 'msgpack']),
    logins: ['ticket'],
    get: () => fromNpm('kraftfahrstrasse', ['@verkehrsministerium/kraftfahrstrasse@0.9.0'], 'kraftfahrstrasse.mjs'),
  },
  {
    role: 'client',
    name: 'thruway.js',
    language: 'JavaScript',
    version: '2.0.7',
    required: true,
    reconnects: true,
    ways: waysOf(['websocket'], ['json']),
    logins: ['ticket'],
    get: () => fromNpm('thruway-js', ['thruway.js@2.0.7', 'rxjs@5.5.12', 'ws@6.2.3'], 'thruway.mjs'),
  },
];

/** In place of clients that cannot be run here, WampSharp (C#) and Thruway (PHP) among them: the same by hand, with ids as theirs. */
const raw = (name: string, version: string, ids: string): ClientPeer => ({
  role: 'client',
  name,
  language: 'by hand',
  version,
  required: true,
  reconnects: false,
  ways: waysOf(['websocket'], ['json']),
  logins: ['ticket'],
  get: () => ({ program: process.execPath, args: [`${here}/peers/javascript/raw.mjs`], env: { INTEROP_IDS: ids } }),
});
const byHand: readonly ClientPeer[] = [
  raw('random request ids', 'as WampSharp, Thruway (PHP)', 'random'),
  raw('request ids with gaps', 'as Autobahn', 'gaps'),
];

const python: readonly ClientPeer[] = [
  {
    role: 'client',
    name: 'Autobahn|Python',
    language: 'Python',
    version: '26.10.2',
    required: true,
    reconnects: true,
    ways: all,
    logins: ['ticket', 'wampcra', 'wampcra salted', 'cryptosign', 'scram', 'scram argon2id'],
    get: () =>
      fromPyPi('autobahn-python', ['autobahn[serialization,encryption,scram]==26.10.2', 'setuptools<81'], 'autobahn_peer.py'),
  },
  {
    role: 'client',
    name: 'xconn (Python)',
    language: 'Python',
    version: '0.5.1',
    required: true,
    reconnects: false,
    ways: all,
    logins: ['ticket', 'wampcra', 'wampcra salted', 'cryptosign'],
    get: () => fromPyPi('xconn-python', ['xconn==0.5.1'], 'xconn_peer.py'),
  },
  {
    role: 'client',
    name: 'wampy (Python)',
    language: 'Python',
    version: '1.1.0',
    required: true,
    reconnects: false,
    ways: waysOf(['websocket'], ['json']),
    logins: ['ticket', 'wampcra'],
    get: () => fromPyPi('wampy-python', ['wampy==1.1.0'], 'wampy_peer.py'),
  },
];

const go: readonly ClientPeer[] = [
  {
    role: 'client',
    name: 'nexus client',
    language: 'Go',
    version: '3.3.0',
    required: true,
    reconnects: false,
    ways: all,
    logins: ['ticket', 'wampcra', 'wampcra salted', 'cryptosign'],
    get: () => fromGo('nexus-client', ['github.com/gammazero/nexus/v3 v3.3.0'], ['suite.go', 'nexus.go']),
  },
  {
    role: 'client',
    name: 'xconn-go',
    language: 'Go',
    version: '0.1.0',
    required: true,
    reconnects: false,
    ways: all,
    logins: ['ticket', 'wampcra', 'wampcra salted', 'cryptosign'],
    get: () => fromGo('xconn-go', ['github.com/xconnio/xconn-go v0.1.0'], ['suite.go', 'xconn.go']),
  },
];

/** Where their toolchain is. */
const compiled: readonly ClientPeer[] = [
  {
    role: 'client',
    name: 'jawampa',
    language: 'Java',
    version: '0.5.0',
    required: false,
    reconnects: true,
    ways: waysOf(['websocket'], ['json', 'msgpack']),
    logins: ['ticket'],
    get: fromMaven,
  },
  {
    role: 'client',
    name: 'autobahn-cpp',
    language: 'C++',
    version: 'of Debian',
    required: false,
    reconnects: false,
    ways: waysOf(['websocket', 'rawsocket'], ['msgpack']),
    logins: ['ticket', 'wampcra', 'wampcra salted'],
    get: fromDebian,
  },
  {
    role: 'client',
    name: 'wamp_async',
    language: 'Rust',
    version: '0.3.1',
    required: false,
    reconnects: false,
    ways: waysOf(['websocket'], ['json', 'msgpack']),
    logins: ['ticket', 'wampcra'],
    get: fromCrates,
  },
];

const routers: readonly RouterPeer[] = [
  {
    role: 'router',
    name: 'Crossbar.io',
    language: 'Python',
    version: '26.10.1',
    required: true,
    ways: all,
    logins: ['ticket', 'wampcra', 'wampcra salted', 'cryptosign', 'scram', 'scram argon2id'],
    get: () => {
      const found = findCrossbar();
      const folder = 'program' in found ? '' : environmentOf('crossbar', ['crossbar==26.10.1', 'setuptools<81']);
      if (typeof folder !== 'string') return folder;
      const program = 'program' in found ? found.program : `${folder}/venv/bin/crossbar`;
      return async () => {
        const { webSocketUrl, rawSocketUrl, pid, stop } = await startCrossbar(program);
        return { urls: { websocket: webSocketUrl, rawsocket: rawSocketUrl }, pid, stop };
      };
    },
  },
  {
    role: 'router',
    name: 'nexus',
    language: 'Go',
    version: '3.3.0',
    required: true,
    ways: all,
    logins: ['ticket', 'wampcra', 'wampcra salted', 'cryptosign'],
    get: () => startedBy(fromGo('nexus-router', ['github.com/gammazero/nexus/v3 v3.3.0'], ['nexus_router.go']), '/'),
  },
  {
    role: 'router',
    name: 'xconn nxt',
    language: 'Go',
    version: '0.1.0',
    required: true,
    ways: all,
    logins: ['ticket', 'wampcra', 'wampcra salted', 'cryptosign'],
    get: () => startedBy(fromGo('xconn-nxt', ['github.com/xconnio/xconn-go v0.1.0'], ['nxt_router.go']), '/ws'),
  },
];

/** Runs a router whose program takes the ports for WebSocket and RawSocket. */
function startedBy(command: Command | Missing, path: string): (() => Promise<Running>) | Missing {
  if (isMissing(command)) return command;
  return async () => {
    const [web, raw] = [await freePort(), await freePort()];
    const child = spawn(command.program, [...command.args, String(web), String(raw)], { stdio: 'ignore' });
    const stop = (): void => {
      process.off('exit', stop);
      child.kill('SIGKILL');
    };
    process.on('exit', stop);
    await Promise.all([listening(child, web), listening(child, raw)]);
    const urls = { websocket: `ws://127.0.0.1:${web}${path}`, rawsocket: `rs://127.0.0.1:${raw}` };
    return { urls, pid: child.pid, stop };
  };
}

export const peers: readonly Peer[] = [...javascript, ...byHand, ...python, ...go, ...compiled, ...routers];
