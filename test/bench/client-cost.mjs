/*
 * A process: the client of one build, with a far end that answers at once and does nothing else, or with the router of the same build. The
 * answer is the CPU time of a call, an invocation or an event in microseconds.
 */
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { answer } from './answer.mjs';
import { cpuMicroseconds } from './host.mjs';

const [dist] = process.argv.slice(2);
const [{ Connection }, { Router }] = await Promise.all(['index.js', 'router.js'].map((file) => import(dist + file)));

const PROCEDURE = 'com.example.echo';
const TOPIC = 'com.example.news';
const payload = ['hello', 42];
const details = {
  authid: 'joe',
  authrole: 'user',
  authmethod: 'anonymous',
  authprovider: 'static',
  roles: { broker: {}, dealer: {} },
};

/** A line whose far end is a router that has one session and no routing. Frames arrive in a later microtask, several of a tick in one. */
class FarEnd {
  name = 'far end';
  #arrived = [];
  #receiver;
  isRouter = true;

  connect({ serializers }) {
    const send = (frame) => this.#take(JSON.parse(frame));
    const start = (receiver) => {
      this.#receiver = receiver;
    };
    return { serializer: serializers[0], bufferedBytes: 0, start, send, close: () => this.#receiver.closed({ clean: true }) };
  }

  /** Delivers a frame to the client. */
  say(frame) {
    if (this.#arrived.length === 0) queueMicrotask(() => this.#deliver());
    this.#arrived.push(frame);
  }

  #deliver() {
    const frames = this.#arrived;
    this.#arrived = [];
    for (const frame of frames) this.#receiver.frame(frame);
  }

  #take(message) {
    const [type, id] = message;
    if (type === 1) this.say(JSON.stringify([2, 1, details]));
    else if (type === 32) this.say(`[33,${id},7]`);
    else if (type === 64) this.say(`[65,${id},8]`);
    else if (type === 48) this.say(`[50,${id},{},${JSON.stringify(message[4])}]`);
    else if (type === 70) this.yielded?.();
  }
}

const farEnd = new FarEnd();
const router = new Router({ realms: { realm1: 'open' } });
const alone = new Connection({ url: farEnd, realm: 'realm1' });
const [caller, other] = [1, 2].map(() => new Connection({ url: router, realm: 'realm1' }));
let heard = 0;
for (const connection of [alone, other]) {
  await connection.register(PROCEDURE, ([text, number]) => [text, number]).ready;
  await connection.subscribe(TOPIC, () => heard++).ready;
}

const BATCH = 64;
let invocation = 0;

/** Each does a batch of its own, and ends when all of it is answered or heard. */
const tasks = {
  'call, client alone': () => Promise.all(Array.from({ length: BATCH }, () => alone.call(PROCEDURE, payload))),
  'invocation, client alone': () =>
    new Promise((resolve) => {
      let missing = BATCH;
      farEnd.yielded = () => --missing || resolve();
      for (let i = 0; i < BATCH; i++) farEnd.say(`[68,${++invocation},8,{},${JSON.stringify(payload)}]`);
    }),
  'event, client alone': async () => {
    const until = heard + BATCH;
    for (let i = 0; i < BATCH; i++) farEnd.say(`[36,7,${++invocation},{},${JSON.stringify(payload)}]`);
    while (heard < until) await setImmediate();
  },
  'call, in process': () => Promise.all(Array.from({ length: BATCH }, () => caller.call(PROCEDURE, payload))),
  'event, in process': async () => {
    const until = heard + BATCH;
    for (let i = 0; i < BATCH; i++) caller.publish(TOPIC, payload);
    while (heard < until) await setImmediate();
  },
};

let hasAged = false;

answer(async ({ task, ms }) => {
  const batch = tasks[task];
  if (!hasAged) for (let i = 0; i < 100; i++) await batch();
  hasAged = true;
  globalThis.gc();
  const until = performance.now() + ms;
  let count = 0;
  const start = cpuMicroseconds();
  for (; performance.now() < until; count += BATCH) await batch();
  return (cpuMicroseconds() - start) / count;
});
