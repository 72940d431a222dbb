/*
 * The table of `npm run test:interop`. A new peer is a row here, a program in peers/, and what it does otherwise in deviations.ts.
 */
import { findCrossbar, startCrossbar } from './crossbar.ts';
import { fromNpm, here } from './install.ts';
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
      if ('whyNot' in found) return { ...found, isSilent: false };
      return async () => {
        const { webSocketUrl, rawSocketUrl, stop } = await startCrossbar(found.program);
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

export const peers: readonly Peer[] = [...javascript, ...routers];
