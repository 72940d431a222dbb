/* Messages that wait for a poll: one by one or all at once, in order, however many. */
import { describe, expect, test } from 'vitest';
import { HeldMessages } from '../../src/node/longpoll/held-messages.ts';
import { joinBatch } from '../../src/transport/batch.ts';

const texts = (count: number): string[] => Array.from({ length: count }, (_, i) => `[17,${i},${i}]`);
const bytes = (count: number): Uint8Array[] => texts(count).map((text) => new TextEncoder().encode(text));

describe.each([
  ['text', texts],
  ['bytes', bytes],
] as const)('messages of %s that wait for a poll', (_, make) => {
  test.each([0, 1, 63, 64, 65, 200, 1000])('[J1] [R84] are given one by one, in order: %i', (count) => {
    const held = new HeldMessages();
    const frames = make(count);
    const length = frames.reduce((sum, frame) => sum + frame.length, 0);
    for (const frame of frames) held.add(frame);
    expect(held.bytes).toBe(length);
    expect(Array.from({ length: count }, () => held.takeOne())).toEqual(frames);
    expect([held.bytes, held.isEmpty, held.takeOne()]).toEqual([0, true, undefined]);
  });

  test.each([1, 63, 64, 65, 200, 1000])('[J1] [R84] are given as one batch, after some of them one by one: %i', (count) => {
    for (const separator of ['\x1e', '\x18'] as const) {
      const held = new HeldMessages();
      const frames = make(count);
      for (const frame of frames) held.add(frame);
      const some = Math.min(3, count - 1);
      for (let i = 0; i < some; i++) expect(held.takeOne()).toEqual(frames[i]);
      const late = make(2);
      for (const frame of late) held.add(frame);
      const batch = held.takeAll(separator);
      const expected = joinBatch([...frames.slice(some), ...late], separator);
      expect(typeof batch === 'string' ? batch : Uint8Array.from(batch ?? [])).toEqual(expected);
      expect([held.bytes, held.isEmpty, held.takeAll(separator)]).toEqual([0, true, undefined]);
    }
  });

  test('[J1] stay in order when they are taken while others come', () => {
    const held = new HeldMessages();
    const frames = make(500);
    const got: unknown[] = [];
    for (const [i, frame] of frames.entries()) {
      held.add(frame);
      if (i % 3 === 0) got.push(held.takeOne());
    }
    while (!held.isEmpty) got.push(held.takeOne());
    expect(got).toEqual(frames);
  });
});
