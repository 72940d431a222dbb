/*
 * A process: the router of one build, from the bytes that a socket gives it to the bytes that it gives to a socket. One session publishes to
 * another that speaks the same serializer; the answer is the CPU time of one message in microseconds.
 */
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { answer } from './answer.mjs';
import { cpuMicroseconds } from './host.mjs';
import { payloads, sizes } from './payloads.mjs';

const [dist] = process.argv.slice(2);
const [{ Router }, { json }, { msgpack }, { cbor }] = await Promise.all(
  ['router.js', 'index.js', 'msgpack.js', 'cbor.js'].map((file) => import(dist + file)),
);
const serializers = { json: json(), msgpack: msgpack(), cbor: cbor() };
const router = new Router({ realms: { realm1: 'open' } });
const roles = { publisher: {}, subscriber: {} };

/** A line whose far end is bytes, as they come from a socket and go to one. */
class Line {
  bufferedBytes = 0;
  hasUtf8 = true;
  sent = 0;
  #receiver;

  constructor(serializer) {
    this.serializer = serializer;
    router.attach(this, { kind: 'memory' });
    this.take([1, 'realm1', { roles }]);
  }

  start(receiver) {
    this.#receiver = receiver;
  }

  send(frame) {
    if (typeof frame === 'string') Buffer.from(frame);
    this.sent++;
  }

  close() {}

  take(list) {
    this.bytes(Buffer.from(this.serializer.encode(list)));
  }

  bytes(frame) {
    this.#receiver.frame(this.serializer.isBinary || this.#receiver.wantsUtf8 ? frame : frame.toString());
  }
}

const pairs = new Map();

function pair(name) {
  if (!pairs.has(name)) {
    const [publisher, subscriber] = [new Line(serializers[name]), new Line(serializers[name])];
    subscriber.take([32, 1, {}, `com.example.${name}`]);
    pairs.set(name, { publisher, subscriber, request: 0 });
  }
  return pairs.get(name);
}

const BATCH = 50;

async function run({ serializer, payload, size, ms }) {
  const state = pair(serializer);
  const { publisher, subscriber } = state;
  const args = payloads[payload](sizes[size]);
  const before = subscriber.sent;
  const until = performance.now() + ms;
  let cpu = 0;
  while (performance.now() < until) {
    const frames = Array.from({ length: BATCH }, () =>
      Buffer.from(serializers[serializer].encode([16, ++state.request, {}, `com.example.${serializer}`, args])),
    );
    const sent = subscriber.sent + BATCH;
    const start = cpuMicroseconds();
    for (const frame of frames) publisher.bytes(frame);
    // What does not fit into a slice of the router's is handled in the next ones.
    while (subscriber.sent < sent) await setImmediate();
    cpu += cpuMicroseconds() - start;
    await setImmediate();
  }
  return cpu / (subscriber.sent - before);
}

answer(run);
