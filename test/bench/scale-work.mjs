/*
 * A process: the router alone, from the bytes that a socket gives it to the bytes that it gives to sockets, with so many subscribers of a topic or so
 * many procedures. Nothing is written to a socket. The answer is CPU time in microseconds: of an event, or of a call.
 */
import { json } from 'autostrada';
import { Router } from 'autostrada/router';
import { answer } from './answer.mjs';
import { cpuMicroseconds } from './host.mjs';

const [what, given] = process.argv.slice(2);
const size = Number(given);
/** Events between two looks at the clock. Each publication comes when all have the one before, so no two of them share a write: that would make many cheaper. */
const EVENTS = 10_000;
/** Calls that come together. */
const CALLS = 64;

const limits = { maxRegistrations: 20_000, maxKeptBytes: 2 ** 28, maxKeptBytesPerAddress: 2 ** 28 };
const router = new Router({ realms: { realm1: 'open' }, limits: { ...limits, maxSessions: 20_000 } }, { log: () => {} });
const serializer = json();

/** A connection whose far end is bytes. `heard` is called with what it is sent. */
class Line {
  serializer = serializer;
  hasUtf8 = true;
  bufferedBytes = 0;
  heard = () => {};
  #receiver;

  constructor() {
    router.attach(this, { kind: 'bench' });
    this.take(frameOf([1, 'realm1', { roles: { caller: {}, callee: {}, publisher: {}, subscriber: {} } }]));
  }

  start(receiver) {
    this.#receiver = receiver;
  }

  send(frame) {
    this.heard(frame);
  }

  sendAll(frames) {
    for (const frame of frames) this.heard(frame);
  }

  take(frame) {
    this.#receiver.frame(frame);
  }

  pause() {}
  resume() {}
  close() {}
}

const frameOf = (list) => Buffer.from(JSON.stringify(list));

/** So many things, made without keeping the event loop for long. */
async function times(count, make) {
  for (let i = 0; i < count; i++) {
    make(i);
    if (i % 100 === 99) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** @returns A function that publishes to all, and resolves when every subscriber has its events; and how many events these are. */
async function events() {
  let missing = 0;
  let done;
  const heard = () => --missing || done();
  await times(size, () => {
    const line = new Line();
    line.take(frameOf([32, 1, {}, 'com.example.news']));
    line.heard = heard;
  });
  const publisher = new Line();
  let request = 0;
  const length = Math.ceil(EVENTS / size);
  const prepare = () => Array.from({ length }, () => frameOf([16, ++request, {}, 'com.example.news', ['hello', 42]]));
  const publish = (frame) =>
    new Promise((resolve) => {
      missing = size;
      done = resolve;
      publisher.take(frame);
    });
  const run = async (frames) => {
    for (const frame of frames) await publish(frame);
  };
  return { units: length * size, prepare, run };
}

/** The same for calls. They go round all of the procedures, so that the index has none of them at hand. */
async function calls() {
  const [caller, callee] = [new Line(), new Line()];
  await times(size, (i) => callee.take(frameOf([64, i + 1, {}, `com.example.procedure${i}`])));
  let missing = 0;
  let done;
  caller.heard = () => --missing || done();
  callee.heard = (frame) => {
    const text = frame.toString();
    if (text.startsWith('[68,')) callee.take(Buffer.from(`[70,${text.slice(4, text.indexOf(',', 4))},{},[42]]`));
    else throw new Error(`expected an INVOCATION, got ${text.slice(0, 200)}`);
  };
  let request = 0;
  const step = size > 1 ? 7919 : 0; // a prime
  const prepare = () =>
    Array.from({ length: CALLS }, () =>
      frameOf([48, ++request, {}, `com.example.procedure${(request * step) % size}`, ['hello', 42]]),
    );
  const run = (frames) =>
    new Promise((resolve) => {
      missing = CALLS;
      done = resolve;
      for (const frame of frames) caller.take(frame);
    });
  return { units: CALLS, prepare, run };
}

const { units, prepare, run } = await (what === 'events' ? events() : calls());

answer(async ({ ms }) => {
  globalThis.gc();
  const until = performance.now() + ms;
  let [cpu, count] = [0, 0];
  while (performance.now() < until) {
    const frames = prepare();
    const start = cpuMicroseconds();
    await run(frames);
    cpu += cpuMicroseconds() - start;
    count += units;
  }
  return cpu / count;
});
