/*
 * No WAMP: plain `ws` on both sides of a process that passes frames on (`relay.mjs` one folder up). Frames of the size that WAMP's have,
 * and nobody parses them. What it makes is what sockets alone cost.
 */
import WebSocket from 'ws';
import { ARGS, PROCEDURE } from './contestant.mjs';

const CALL = JSON.stringify([48, 1000, {}, PROCEDURE, ARGS]);
const RESULT = JSON.stringify([50, 1000, {}, [ARGS[1]]]);
const EVENT = JSON.stringify([36, 2 ** 52, 2 ** 52, {}, ARGS]);

/** @returns {import('./contestant.mjs').Contestant} */
export function create() {
  return {
    async serve(url) {
      const socket = await open(`${url}/callee`);
      socket.on('message', () => socket.send(RESULT));
    },
    async caller(url) {
      const socket = await open(`${url}/caller`);
      // Who waits, by number, as in a client; answers come in the order of the calls.
      const waiting = new Map();
      let asked = 0;
      let answered = 0;
      socket.on('message', () => {
        const resolve = waiting.get(++answered);
        waiting.delete(answered);
        resolve();
      });
      return () =>
        new Promise((resolve) => {
          waiting.set(++asked, resolve);
          socket.send(CALL);
        });
    },
    async subscribe(url, topic, onEvent) {
      (await open(`${url}/subscribe/${topic}`)).on('message', onEvent);
    },
    async publisher(url, topic) {
      const socket = await open(`${url}/publish/${topic}`);
      return () => socket.send(EVENT);
    },
  };
}

function open(url) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.on('open', () => resolve(socket));
    socket.on('error', reject);
  });
}
