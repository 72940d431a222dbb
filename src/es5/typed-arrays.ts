/*
 * Newer methods of typed arrays. The arrays themselves are never replaced, because a WebSocket takes only those of the platform.
 */
import { define, fill, root } from './define.ts';

type Numbers = Uint8Array;

function clamp(index: number | undefined, length: number, missing: number): number {
  const at = index === undefined ? missing : Math.trunc(index) || 0;
  return at < 0 ? Math.max(at + length, 0) : Math.min(at, length);
}

for (const type of 'Int8 Uint8 Int16 Uint16 Int32 Uint32 Float32 Float64'.split(' ')) {
  const Typed: Uint8ArrayConstructor = root[`${type}Array`];
  const { prototype } = Typed;
  // Internet Explorer 10: subarray(n, n) continues to the end.
  if (new Typed(2).subarray(1, 1).length > 0) {
    define(prototype, 'subarray', function (this: Numbers, from?: number, to?: number): Numbers {
      const start = clamp(from, this.length, 0);
      const length = Math.max(0, clamp(to, this.length, this.length) - start);
      return length > 0 ? new Typed(this.buffer, this.byteOffset + start * this.BYTES_PER_ELEMENT, length) : new Typed(0);
    });
  }
  fill(prototype, {
    slice(this: Numbers, from?: number, to?: number): Numbers {
      return new Typed(this.subarray(clamp(from, this.length, 0), clamp(to, this.length, this.length)));
    },
    fill(this: Numbers, value: number, from?: number, to?: number): Numbers {
      for (let i = clamp(from, this.length, 0), end = clamp(to, this.length, this.length); i < end; i++) this[i] = value;
      return this;
    },
    copyWithin(this: Numbers, to: number, from?: number, end?: number): Numbers {
      const target = clamp(to, this.length, 0);
      const part = new Typed(this.subarray(clamp(from, this.length, 0), clamp(end, this.length, this.length)));
      this.set(part.subarray(0, this.length - target), target);
      return this;
    },
    map(this: Numbers, each: (value: number, index: number, all: Numbers) => number): Numbers {
      return new Typed(Array.from(this, (value, index) => each(value, index, this)));
    },
  });
  fill(Typed, {
    from: (list: ArrayLike<number>, each: (value: number, index: number) => number = (value) => value): Numbers =>
      new Typed(Array.from(list, each)),
    of: (...list: number[]): Numbers => new Typed(list),
  });
}

fill(root.ArrayBuffer, { isView: (value: { buffer?: unknown } | null | undefined) => value?.buffer instanceof ArrayBuffer });
fill(ArrayBuffer.prototype, {
  slice(this: ArrayBuffer, from?: number, to?: number): ArrayBuffer {
    return new Uint8Array(this).slice(from, to).buffer;
  },
});
