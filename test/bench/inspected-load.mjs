/* Many quiet sessions, and two that call and publish, at a router: `node inspected-load.mjs URL SESSIONS RATE`. Says when all have joined. */
import WebSocket from 'ws';
import { ours } from './base.mjs';

const [url = '', sessions = '0', rate = '0'] = process.argv.slice(2);
const { Connection } = await import(`${ours}index.mjs`);
const HELLO = JSON.stringify([1, 'realm1', { roles: { subscriber: {} } }]);
/** Joined together. */
const CROWD = 50;
const TICK_MS = 10;

const join = () =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, 'wamp.2.json', { perMessageDeflate: false });
    socket.on('open', () => socket.send(HELLO));
    socket.once('message', resolve);
    socket.once('error', reject);
  });
for (let i = 0; i < Number(sessions); i += CROWD)
  await Promise.all(Array.from({ length: Math.min(CROWD, Number(sessions) - i) }, join));
const [callee, caller] = [new Connection({ url, realm: 'realm1' }), new Connection({ url, realm: 'realm1' })];
await Promise.all([callee.open(), caller.open()]);
await callee.register('com.example.add', ([a]) => a).ready;
await callee.subscribe('com.example.news', () => {}).ready;
const half = (Number(rate) * TICK_MS) / 2000;
setInterval(() => {
  for (let i = 0; i < half; i++) {
    caller.call('com.example.add', [i]).catch(() => {});
    caller.publish('com.example.news', [i]);
  }
}, TICK_MS);
process.send?.({ value: 'joined' });
