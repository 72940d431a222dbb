/* A process: callers and callees of this build, at whatever router is given, each with sockets of its own. Answers how many calls it made. */
import { performance } from 'node:perf_hooks';
import { cbor } from '../../dist/cbor.js';
import { Connection, json } from '../../dist/index.js';
import { msgpack } from '../../dist/msgpack.js';
import { answer } from './answer.mjs';
import { payloads, sizes } from './payloads.mjs';

const [url] = process.argv.slice(2);
const makers = { json, msgpack, cbor };
const IN_FLIGHT = 32;
const callers = new Map();

/** In the realm of the serializer's name. */
async function callerOf(name) {
  const open = () => new Connection({ url, realm: name, serializers: [makers[name]()], retry: false }).open();
  if (!callers.has(name)) {
    const callee = await open();
    await callee.register('com.example.echo', (args) => args[0]);
    callers.set(name, await open());
  }
  return callers.get(name);
}

async function run({ serializer, payload, size, ms }) {
  const caller = await callerOf(serializer);
  const args = [payloads[payload](sizes[size])];
  const until = performance.now() + ms;
  let count = 0;
  const worker = async () => {
    while (performance.now() < until) {
      await caller.call('com.example.echo', args);
      count++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return count;
}

answer(run);
