import { expect, test } from 'vitest';
import { framePrefix, PrefixedFrames } from '../../src/router/elsewhere/prefixed-frames.ts';

test('[L1] a frame that is not taken does not come again, and those behind it do', () => {
  const frames = ['one', 'two', 'three'].map((text) => Buffer.from(text));
  const bytes = Buffer.concat(frames.flatMap((frame) => [framePrefix(frame), frame]));
  const reader = new PrefixedFrames();
  const heard: string[] = [];
  const take = (frame: Uint8Array): void => {
    heard.push(Buffer.from(frame).toString());
    if (heard.at(-1) === 'one') throw new Error('not taken');
  };
  expect(() => reader.push(bytes, take)).toThrow('not taken');
  reader.push(new Uint8Array(0), take);
  expect(heard).toEqual(['one', 'two', 'three']);
});
