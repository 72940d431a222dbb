/* wampy with its defaults: JSON, and `ws` passed in, as it asks for. Its publications are always acknowledged. */
import { Wampy } from 'wampy';
import WebSocket from 'ws';
import { ARGS, checkAnswer, PROCEDURE } from './contestant.mjs';

/** @returns {import('./contestant.mjs').Contestant} */
export function create(realm) {
  const join = async (url) => {
    const client = new Wampy(url, { realm, ws: WebSocket, autoReconnect: false });
    await client.connect();
    return client;
  };
  return {
    async serve(url) {
      await (await join(url)).register(PROCEDURE, ({ argsList }) => ({ argsList: [argsList[1]] }));
    },
    async caller(url) {
      const client = await join(url);
      return async () => checkAnswer((await client.call(PROCEDURE, ARGS)).argsList[0]);
    },
    async subscribe(url, topic, onEvent) {
      await (await join(url)).subscribe(topic, onEvent);
    },
    async publisher(url, topic) {
      const client = await join(url);
      return () => client.publish(topic, ARGS);
    },
  };
}
