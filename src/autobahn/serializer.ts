/* `autobahn.serializer`. Where there is a Buffer, as in Node.js, bytes come as one: programs written for Autobahn|JS count on its methods. */
import type { Serializer } from '../index.ts';
import { cbor } from '../serializer/cbor.ts';
import { msgpack } from '../serializer/msgpack.ts';
import type { Any } from './any.ts';

export { JSONSerializer } from './json-serializer.ts';

interface BufferClass {
  from(buffer: ArrayBufferLike, offset: number, length: number): Uint8Array;
}

function buffersIn(value: Any): Any {
  const { Buffer } = globalThis as { Buffer?: BufferClass };
  if (!Buffer || typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  for (const key of Object.keys(value)) value[key] = buffersIn(value[key]);
  return value;
}

class BinarySerializer {
  BINARY = true;
  SERIALIZER_ID: string;
  serialize: (obj: Any) => Uint8Array;
  unserialize: (payload: Uint8Array) => Any;

  constructor(serializer: Serializer) {
    this.SERIALIZER_ID = serializer.name;
    this.serialize = (obj) => serializer.encode(obj) as Uint8Array;
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
    super(cbor());
  }
}
