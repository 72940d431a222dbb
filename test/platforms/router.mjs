/* The router that all platforms talk to, as it is built, in a process of its own: open to everybody, and with a user for each login. */
import { Connection } from '../../dist/index.js';
import { listen } from '../../dist/node.js';
import { TestRouter } from '../../dist/testing.js';
import { logins } from './logins.mjs';

const base64 = (hex) => Buffer.from(hex, 'hex').toString('base64');
const proofs = {
  ticket: ({ secret }) => ({ ticket: secret }),
  wampcra: ({ secret }) => ({ wampcra: { secret } }),
  cryptosign: () => ({ cryptosign: { publicKeys: ['03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8'] } }),
  // Of `secret3`.
  scram: () => ({
    scram: {
      kdf: 'pbkdf2',
      iterations: 4096,
      salt: base64('a0b1c2d3e4f5061728394a5b6c7d8e9f'),
      storedKey: base64('2f049f3ba39d3539c68eb7758ffcce5aa8c35eca440783052c9e1ba7550de4b4'),
      serverKey: base64('f7217047dd19072edc2628396dbea63a90054e468b900d111bce7056c5f0759f'),
    },
  }),
};
const users = Object.entries(logins).map(([method, login]) => [login.authid, { authrole: 'user', ...proofs[method](login) }]);
const realm1 = { anonymous: 'user', authroles: { user: { permissions: 'all' } }, users: Object.fromEntries(users) };
const router = new TestRouter({ realms: { realm1 } });
const control = new Connection({ url: router.as({ authid: 'control', authrole: 'user' }), realm: 'realm1' });
await control.register('com.platforms.drop', ([session]) => router.cut({ session })).ready;
const listener = await listen(router, { port: 0, origins: '*' });
process.on('disconnect', () => process.exit(0));
process.send({ websocket: listener.url, rawsocket: listener.rawSocketUrl, longpoll: listener.longPollUrl });
