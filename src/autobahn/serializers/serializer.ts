/* `autobahn.serializer`. Where the platform has Buffer, as Node.js does, bytes arrive as a Buffer: programs written for Autobahn|JS use its methods. */
import type { Serializer } from '../../index.ts';
import { msgpack } from '../../serializer/msgpack.ts';
import type { Any } from '../base/any.ts';
import { cborWithBignums } from './bignums.ts';

export { JSONSerializer } from './json-serializer.ts';

interface BufferClass {
  from(buffer: ArrayBufferLike, offset: number, length: number): Uint8Array;
}

function buffersIn(value: Any): Any {
  const { Buffer }: { Buffer?: BufferClass } = globalThis;
  if (!Buffer || typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  for (const key of Object.keys(value)) value[key] = buffersIn(value[key]);
  return value;
}

/** What `JSON.stringify` would write, as plain values. Bytes and BigInt stay: these formats have them. */
function likeJson(value: Any): Any {
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const kind: string = Object.prototype.toString.call(value).slice(8, -1);
  // JSON has no bytes. By their names: a page in a frame, or a test in a sandbox, has classes of its own.
  if (/^(Shared)?ArrayBuffer$/.test(kind)) return new Uint8Array(value);
  if (kind === 'DataView' || kind === 'Uint8Array') return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (typeof value.toJSON === 'function') return likeJson(value.toJSON());
  if (Array.isArray(value)) return Array.from(value, likeJson);
  if (/^(Number|String|Boolean)/.test(kind)) return value.valueOf();
  return Object.fromEntries(Object.keys(value).map((key) => [key, likeJson(value[key])]));
}

class BinarySerializer {
  BINARY = true;
  SERIALIZER_ID: string;
  serialize: (obj: Any) => Uint8Array;
  unserialize: (payload: Uint8Array) => Any;

  constructor(serializer: Serializer) {
    this.SERIALIZER_ID = serializer.name;
    const encode = (obj: Any): Uint8Array => serializer.encode(obj) as Uint8Array;
    this.serialize = (obj) => {
      try {
        return encode(obj);
      } catch (refused) {
        let plain: Any;
        try {
          plain = likeJson(obj);
        } catch {
          throw refused; // usually a cycle, and this error says where
        }
        return encode(plain);
      }
    };
    this.unserialize = (payload) => buffersIn(serializer.decode(payload));
  }
}

export class MsgpackSerializer extends BinarySerializer {
  constructor() {
    super(msgpack());
  }
}

export class CBORSerializer extends BinarySerializer {
  constructor() {
    super(cborWithBignums());
  }
}
