/* A line of batches: two ends in memory, one of them played by hand. */
import { batched, type Closed, type Frame, json, type Serializer } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { plainOf } from '../../src/transport/batched.ts';
import { memoryPair } from '../../src/transport/memory.ts';
import { settled } from '../fixtures/manual-clock.ts';
import { joinedClient } from '../fixtures/scripted-peer.ts';

interface Ends {
  /** The line of messages. */
  readonly line: ReturnType<ReturnType<typeof batched>['unbatch']>;
  readonly received: Frame[];
  readonly closed: Closed[];
  /** What arrives at the other end, as it is. */
  readonly batches: Frame[];
  readonly peer: ReturnType<typeof memoryPair>[0];
}

function ends(serializer: Serializer = json(), limit?: number): Ends {
  const [ours, peer] = memoryPair(serializer);
  const line = batched(serializer).unbatch(ours, limit);
  const all: Ends = { line, received: [], closed: [], batches: [], peer };
  peer.start({ frame: (batch) => all.batches.push(batch), closed: () => {} });
  line.start({ frame: (frame) => all.received.push(frame), closed: (why) => all.closed.push(why) });
  return all;
}

describe('[C81] [R82] a transport of batches', () => {
  test('sends in one batch what is sent in one tick', async () => {
    const { line, batches } = ends();
    line.send('[1]');
    line.send('[2]');
    expect(line.bufferedBytes).toBe(6);
    await settled();
    line.send('[3]');
    await settled();
    expect(batches).toEqual(['[1]\x1e[2]\x1e', '[3]\x1e']);
  });

  test('closes a batch after sixteen messages or 64 KiB', async () => {
    const { line, batches } = ends();
    for (let i = 0; i < 40; i++) line.send('[]');
    await settled();
    expect(batches.map((batch) => String(batch).split('\x1e').length - 1)).toEqual([16, 16, 8]);
    batches.length = 0;
    for (const size of [40_000, 40_000, 10_000, 200_000, 5]) line.send('x'.repeat(size));
    await settled();
    expect(batches.map((batch) => batch.length)).toEqual([40_001, 50_002, 200_001, 6]);
  });

  test('sends earlier messages before a close', async () => {
    const { line, batches, closed } = ends();
    line.send('[1]');
    line.close(1000, 'bye');
    line.send('[2]');
    await settled();
    expect(batches).toEqual(['[1]\x1e']);
    expect(closed).toEqual([{ clean: true, code: 1000, reason: 'bye' }]);
  });

  test('delivers messages one by one, and in order', async () => {
    const { peer, received } = ends();
    peer.send('[1]\x1e[2]\x1e');
    peer.send('[3]\x1e');
    await settled();
    expect(received).toEqual(['[1]', '[2]', '[3]']);
  });

  test('uses the separator that the peer used first', async () => {
    const { line, peer, batches } = ends();
    line.send('[0]');
    await settled();
    peer.send('[1]\x18[2]\x18');
    await settled();
    line.send('[3]');
    await settled();
    peer.send('[4]\x1e');
    await settled();
    line.send('[5]');
    await settled();
    expect(batches).toEqual(['[0]\x1e', '[3]\x18', '[5]\x18']);
  });

  test('fails after an illegal batch: it delivers nothing of it, and sends nothing any more', async () => {
    const { line, peer, received, closed, batches } = ends();
    peer.send('[1]\x1e[2]');
    peer.send('[3]\x1e');
    line.send('[4]');
    await settled();
    line.send('[5]');
    await settled();
    expect(received).toEqual([]);
    expect(closed).toEqual([
      expect.objectContaining({ clean: false, code: 1002, error: expect.objectContaining({ name: 'ProtocolError' }) }),
    ]);
    expect(batches.join()).not.toContain('[5]');
  });

  test('[R84] fails after a message above the limit, as too big', async () => {
    const { peer, received, closed } = ends(json(), 5);
    peer.send('12345\x1e123456\x1e');
    await settled();
    expect([received.length, closed.length, closed[0]?.code]).toEqual([0, 1, 1009]);
  });

  test('leaves a frame of the wrong kind to the link, which reports it', async () => {
    const { peer, received, closed } = ends();
    peer.send(new Uint8Array([0, 0, 0, 1, 7]));
    await settled();
    expect([received.length, closed.length]).toEqual([1, 0]);
  });
});

describe('batched', () => {
  test('gives a serializer with a different name, and the same for single messages', () => {
    const both = batched(msgpack());
    expect([both.name, both.isBinary, both.plain.name]).toEqual(['msgpack.batched', true, 'msgpack']);
    expect(both.decode(both.encode([1, 'a', {}]))).toEqual([1, 'a', {}]);
    expect(batched(both)).toBe(both);
    expect(plainOf(both)).toBe(both.plain);
    expect(plainOf(both.plain)).toBe(both.plain);
  });

  test('[C81] gives the plain serializer on transports without batches', async () => {
    const router = new Router({ realms: { realm1: 'open' } });
    const client = await joinedClient(router, 'realm1', batched(json()));
    client.send([32, 1, {}, 'com.example.topic'], [16, 2, { acknowledge: true }, 'com.example.topic']);
    expect([(await client.next())[0], (await client.next())[0]]).toEqual([33, 17]);
  });
});

test('[R82] a transport of batches is paused with its inner transport', () => {
  const did: string[] = [];
  const [ours] = memoryPair(json());
  const socket = Object.assign(ours, { pause: () => did.push('pause'), resume: () => did.push('resume') });
  const line = batched(json()).unbatch(socket);
  line.pause?.();
  line.resume?.();
  expect(did).toEqual(['pause', 'resume']);
});
