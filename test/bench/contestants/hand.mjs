/* As somebody writes it who needs one call: `ws`, JSON, a map of promises. No checks, no errors, no other message. */
import WebSocket from 'ws';
import { ARGS, checkAnswer, PROCEDURE } from './contestant.mjs';

/** @returns {Promise<import('./contestant.mjs').Contestant>} */
export async function create(realm) {
  const join = (url) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url, 'wamp.2.json');
      const waiting = new Map();
      const on = { event: () => {}, invocation: () => {} };
      const send = (list) => socket.send(JSON.stringify(list));
      let request = 0;
      const ask = (make) =>
        new Promise((settle) => {
          waiting.set(++request, settle);
          send(make(request));
        });
      socket.on('error', reject);
      socket.on('open', () => send([1, realm, { roles: { caller: {}, callee: {}, publisher: {}, subscriber: {} } }]));
      socket.on('message', (data) => {
        const message = JSON.parse(data);
        const [code, id] = message;
        if (code === 2) resolve({ ask, send, on });
        else if (code === 36) on.event();
        else if (code === 68) on.invocation(message);
        else {
          waiting.get(id)?.(message);
          waiting.delete(id);
        }
      });
    });
  return {
    async serve(url) {
      const { ask, send, on } = await join(url);
      on.invocation = (message) => send([70, message[1], {}, [message[4][1]]]);
      await ask((id) => [64, id, {}, PROCEDURE]);
    },
    async caller(url) {
      const { ask } = await join(url);
      return async () => checkAnswer((await ask((id) => [48, id, {}, PROCEDURE, ARGS]))[3][0]);
    },
    async subscribe(url, topic, onEvent) {
      const { ask, on } = await join(url);
      on.event = onEvent;
      await ask((id) => [32, id, {}, topic]);
    },
    async publisher(url, topic) {
      const { send } = await join(url);
      let request = 0;
      return () => send([16, ++request, {}, topic, ARGS]);
    },
  };
}
