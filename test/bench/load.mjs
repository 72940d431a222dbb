/*
 * A process: callers and callees of this build, at whatever router is asked for, each with sockets of its own. The answer has the same payload as the
 * call. It reports how many calls it made, and the CPU time of both ends together in microseconds.
 */
import { performance } from 'node:perf_hooks';
import { Connection, json } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { answer } from './answer.mjs';
import { cpuMicroseconds } from './host.mjs';
import { payloads, sizes } from './payloads.mjs';

const makers = { json, msgpack, cbor };
const callers = new Map();

async function callerOf(url, realm, serializer) {
  const key = `${url} ${realm} ${serializer}`;
  const open = () => new Connection({ url, realm, serializers: [makers[serializer]()], retry: false }).open();
  if (!callers.has(key)) {
    const callee = await open();
    await callee.register('com.example.echo', (args) => args[0]);
    callers.set(key, await open());
  }
  return callers.get(key);
}

answer(async ({ url, realm, serializer, payload, size, inFlight, ms }) => {
  const caller = await callerOf(url, realm, serializer);
  const args = [payloads[payload](sizes[size])];
  const expected = JSON.stringify(args[0]);
  const got = JSON.stringify(await caller.call('com.example.echo', args));
  if (got !== expected) throw new Error(`expected the answer ${expected.slice(0, 200)}, got ${got.slice(0, 200)}`);
  globalThis.gc();
  const cpu = cpuMicroseconds();
  const start = performance.now();
  let count = 0;
  const worker = async () => {
    while (performance.now() < start + ms) {
      await caller.call('com.example.echo', args);
      count++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { count, ms: performance.now() - start, cpu: cpuMicroseconds() - cpu };
});
