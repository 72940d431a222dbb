/* Autobahn|JS with its defaults, but for the WebSocket: it wants a global one, which is `ws` here, as for everybody. */
import WebSocket from 'ws';
import { ARGS, checkAnswer, PROCEDURE } from './contestant.mjs';

/** @returns {Promise<import('./contestant.mjs').Contestant>} */
export async function create(realm) {
  globalThis.WebSocket = WebSocket;
  const { default: autobahn } = await import('autobahn');
  const serializers = [new autobahn.serializer.JSONSerializer()];

  const join = (url) =>
    new Promise((resolve, reject) => {
      const transports = [{ type: 'websocket', url, serializers }];
      const connection = new autobahn.Connection({ transports, realm, max_retries: 0 });
      connection.onopen = resolve;
      connection.onclose = (reason, details) => reject(new Error(`${reason}: ${details?.reason}`));
      connection.open();
    });
  return {
    async serve(url) {
      await (await join(url)).register(PROCEDURE, ([, number]) => number);
    },
    async caller(url) {
      const session = await join(url);
      return async () => checkAnswer(await session.call(PROCEDURE, ARGS));
    },
    async subscribe(url, topic, onEvent) {
      await (await join(url)).subscribe(topic, onEvent);
    },
    async publisher(url, topic) {
      const session = await join(url);
      return () => session.publish(topic, ARGS);
    },
  };
}
