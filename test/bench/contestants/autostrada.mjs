/* Ours, as a user has it: the built package, the durable verbs of `Connection`. */
import { Connection } from 'autostrada';
import { ARGS, checkAnswer, PROCEDURE } from './contestant.mjs';

/** @returns {Promise<import('./contestant.mjs').Contestant>} */
export async function create(name) {
  const isSerializer = ['msgpack', 'msgpackr', 'cbor'].includes(name);
  const serializers = isSerializer ? [(await import(`autostrada/${name}`))[name]()] : undefined;
  const router = name === 'memory' ? new (await import('autostrada/router')).Router({ realms: { [name]: 'open' } }) : undefined;
  const connect = (url) => new Connection({ url: router ?? url, realm: name, serializers, retry: false });
  return {
    async serve(url) {
      await connect(url).register(PROCEDURE, ([, number]) => number).ready;
    },
    async caller(url) {
      const connection = connect(url);
      await connection.open();
      return async () => checkAnswer(await connection.call(PROCEDURE, ARGS));
    },
    async subscribe(url, topic, onEvent) {
      await connect(url).subscribe(topic, onEvent).ready;
    },
    async publisher(url, topic) {
      const connection = connect(url);
      await connection.open();
      return () => connection.publish(topic, ARGS);
    },
  };
}
