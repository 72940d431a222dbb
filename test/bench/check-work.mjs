/* A process of check.mjs: bytes that a call and an event allocate, and their time as a multiple of what `JSON.parse` takes for an EVENT. */
import { Connection, json } from 'autostrada';
import { Router } from 'autostrada/router';

const EVENT = JSON.stringify([36, 77, 4_000_000_000, {}, ['hello', 42]]);
const COUNT = 20_000;
const ROUNDS = 9;

/** Both per unit of `work`. The least of several rounds. */
async function costOf(work, units) {
  let [bytes, micros] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round++) {
    globalThis.gc();
    const heap = process.memoryUsage().heapUsed;
    const begun = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(begun);
    bytes = Math.min(bytes, (process.memoryUsage().heapUsed - heap) / units);
    micros = Math.min(micros, (user + system) / units);
  }
  return { bytes, micros };
}

const parsing = await costOf(() => {
  for (let i = 0; i < COUNT; i++) JSON.parse(EVENT);
}, COUNT);

/** A client whose router is a few lines. */
async function clientEvents() {
  let receiver;
  const answer = (list) => queueMicrotask(() => receiver.frame(JSON.stringify(list)));
  const serializer = json();
  const transport = {
    serializer,
    bufferedBytes: 0,
    start: (given) => {
      receiver = given;
    },
    send(frame) {
      const [code, request] = JSON.parse(frame);
      if (code === 1) answer([2, 123, { roles: { broker: {}, dealer: {} } }]);
      if (code === 32) answer([33, request, 77]);
    },
    close() {},
  };
  const connection = new Connection({ url: { name: 'here', connect: () => transport }, realm: 'realm1', liveness: false });
  let got = 0;
  await connection.subscribe('com.example.news', () => got++).ready;
  return costOf(() => {
    for (let i = 0; i < COUNT; i++) receiver.frame(EVENT);
  }, COUNT);
}

/** Both ends and the router. */
async function calls() {
  const router = new Router({ realms: { realm1: 'open' } });
  const [callee, caller] = [1, 2].map(() => new Connection({ url: router, realm: 'realm1', retry: false }));
  await callee.register('com.example.echo', ([, number]) => number).ready;
  await caller.open();
  return costOf(async () => {
    let left = COUNT / 4;
    const worker = async () => {
      while (left-- > 0) await caller.call('com.example.echo', ['hello', 42]);
    };
    await Promise.all(Array.from({ length: 64 }, worker));
  }, COUNT / 4);
}

/** The router's part of an event to many. */
async function fanOut() {
  const SUBSCRIBERS = 1000;
  const PUBLICATIONS = 20;
  const router = new Router({ realms: { realm1: 'open' } }, { log: () => {} });
  let events = 0;
  const attach = () => {
    let receiver;
    router.attach(
      {
        serializer: json(),
        hasUtf8: true,
        bufferedBytes: 0,
        start: (given) => {
          receiver = given;
        },
        send: () => events++,
        sendAll: (frames) => {
          events += frames.length;
        },
        pause() {},
        resume() {},
        close() {},
      },
      { kind: 'check' },
    );
    const say = (list) => receiver.frame(Buffer.from(JSON.stringify(list)));
    say([1, 'realm1', { roles: { publisher: {}, subscriber: {} } }]);
    return say;
  };
  for (let i = 0; i < SUBSCRIBERS; i++) attach()([32, 1, {}, 'com.example.news']);
  const publish = attach();
  let request = 0;
  return costOf(async () => {
    events = 0;
    for (let i = 0; i < PUBLICATIONS; i++) publish([16, ++request, {}, 'com.example.news', ['hello', 42]]);
    while (events < PUBLICATIONS * SUBSCRIBERS) await new Promise((resolve) => setImmediate(resolve));
  }, SUBSCRIBERS * PUBLICATIONS);
}

const [event, call, delivery] = [await clientEvents(), await calls(), await fanOut()];
const result = {
  clientEventBytes: event.bytes,
  callBytes: call.bytes,
  deliveryBytes: delivery.bytes,
  clientEventToParsing: event.micros / parsing.micros,
  callToParsing: call.micros / parsing.micros,
  deliveryToParsing: delivery.micros / parsing.micros,
};
process.stdout.write(JSON.stringify(result));
process.exit();
