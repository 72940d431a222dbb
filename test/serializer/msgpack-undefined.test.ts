import { msgpack } from 'autostrada/msgpack';
import { expect, test } from 'vitest';

test('[G4] extension 0, which wampy and msgpackr write for undefined, is read as null', () => {
  const { decode } = msgpack();
  expect(decode(Uint8Array.of(0x93, 1, 0xd4, 0, 0, 2))).toEqual([1, null, 2]);
  expect(() => decode(Uint8Array.of(0x91, 0xd4, 0))).toThrow();
});
