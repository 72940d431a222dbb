import { rawSocket, webSocket } from 'autostrada/node';
import { expect, test } from 'vitest';

const connectors = [
  ['webSocket', (maxMessageBytes: number) => webSocket('ws://127.0.0.1:1/ws', { maxMessageBytes })],
  ['rawSocket', (maxMessageBytes: number) => rawSocket('rs://127.0.0.1:1', { maxMessageBytes })],
] as const;

test.each(connectors)('[G2] %s accepts a limit that its transport can hold, and no other', (_name, make) => {
  for (const fine of [1, 2 ** 20, 2 ** 31 - 1]) expect(make(fine).name).toContain('127.0.0.1');
  for (const wrong of [0, -1, 0.5, 1000.5, 2 ** 31, 2 ** 32 + 5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => make(wrong)).toThrow(TypeError);
    expect(() => make(wrong)).toThrow(`expected maxMessageBytes to be an integer from 1 to 2147483647, got ${wrong}`);
  }
});
