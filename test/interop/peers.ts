/*
 * The table of `npm run test:interop`. A new peer is a row here, a program in peers/, and what it does otherwise in deviations.ts.
 */
import { findCrossbar, startCrossbar } from './crossbar.ts';
import { environmentOf, fromCrates, fromDebian, fromGo, fromMaven, fromNpm, fromPyPi, here } from './install.ts';
import { buildNexus, startNexus } from './nexus.ts';
import { type ClientPeer, type Command, type Peer, type RouterPeer, waysOf } from './peer.ts';

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
    logins: ['ticket', 'wampcra', 'wampcra salted', 'cryptosign', 'scram'],
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
    logins: ['ticket', 'wampcra', 'wampcra salted', 'cryptosign', 'scram'],
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
    logins: ['ticket', 'wampcra', 'wampcra salted', 'cryptosign', 'scram'],
    get: () => {
      const found = findCrossbar();
      const folder = 'program' in found ? '' : environmentOf('crossbar', ['crossbar==26.10.1', 'setuptools<81']);
      if (typeof folder !== 'string') return folder;
      const program = 'program' in found ? found.program : `${folder}/venv/bin/crossbar`;
      return async () => {
        const { webSocketUrl, rawSocketUrl, stop } = await startCrossbar(program);
        return { urls: { websocket: webSocketUrl, rawsocket: rawSocketUrl }, stop };
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
    logins: [],
    get: () => {
      const built = buildNexus();
      if ('whyNot' in built) return { ...built, isSilent: false };
      return async () => {
        const { webSocketUrl, rawSocketUrl, stop } = await startNexus(built.program);
        return { urls: { websocket: webSocketUrl, rawsocket: rawSocketUrl }, stop };
      };
    },
  },
];

export const peers: readonly Peer[] = [...javascript, ...python, ...go, ...compiled, ...routers];
