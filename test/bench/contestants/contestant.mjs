/*
 * What every contestant can do. Each lives in a process of its own, and every function below opens a connection of its own, so that
 * caller, callee, publisher and each subscriber come to the router by different sockets.
 *
 * All send the same: CALL with `['hello', 42]`, answered by `[42]`, and PUBLISH with `['hello', 42]`.
 */

/**
 * @typedef {object} Contestant
 * @property {(url: string) => Promise<void>} serve - Registers the procedure; resolves when it is registered.
 * @property {(url: string) => Promise<() => PromiseLike<unknown>>} caller - Resolves with a function that makes one call.
 * @property {(url: string, topic: string, onEvent: () => void) => Promise<void>} subscribe - Resolves when it is subscribed.
 * @property {(url: string, topic: string) => Promise<() => void>} publisher - Resolves with a function that publishes one event.
 */

export const PROCEDURE = 'com.example.echo';
export const ARGS = ['hello', 42];
export const ANSWER = 42;

/** Which file and which variant a name stands for. Also the order in the tables. */
export const contestants = {
  autostrada: { title: 'autostrada', file: 'autostrada.mjs' },
  autobahn: { title: 'autobahn', file: 'autobahn.mjs' },
  wampy: { title: 'wampy', file: 'wampy.mjs' },
  hand: { title: 'ws and JSON by hand', file: 'hand.mjs' },
  relay: { title: 'bare ws relay', file: 'relay.mjs' },
  msgpack: { title: 'autostrada, MessagePack', file: 'autostrada.mjs' },
  msgpackr: { title: 'autostrada, msgpackr', file: 'autostrada.mjs' },
  cbor: { title: 'autostrada, CBOR', file: 'autostrada.mjs' },
  memory: { title: 'autostrada, in process', file: 'autostrada.mjs' },
};

/**
 * @param {keyof typeof contestants} name
 * @returns {Promise<Contestant>}
 */
export async function load(name) {
  const { create } = await import(`./${contestants[name].file}`);
  return create(name); // which is also its realm, so that all can use the same URIs
}

/** A wrong answer is no answer: what is fast and wrong must not win. */
export function checkAnswer(value) {
  if (value !== ANSWER) throw new Error(`expected the answer ${ANSWER}, got ${JSON.stringify(value)}`);
}
