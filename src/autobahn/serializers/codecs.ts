/*
 * `autobahn.msgpack` and `autobahn.cbor`. In Autobahn|JS they are the modules msgpack5 and node-cbor. Here they have what a program needs of a codec
 * beside its WAMP client: encode and decode.
 */

import type { Serializer } from '../../index.ts';
import { msgpack as msgpackSerializer } from '../../serializer/msgpack.ts';
import type { Any } from '../base/any.ts';
import { cborWithBignums } from './bignums.ts';

interface Codec {
  encode(value: Any): Uint8Array;
  decode(bytes: Uint8Array): Any;
}

/** Serializers take lists. A list with one item is one octet and the item. */
function codec(serializer: Serializer, listOfOne: number): Codec {
  return {
    encode: (value) => (serializer.encode([value]) as Uint8Array).slice(1),
    decode: (bytes) => {
      const list = new Uint8Array(bytes.length + 1);
      list[0] = listOfOne;
      list.set(bytes, 1);
      return serializer.decode(list)[0];
    },
  };
}

export function msgpack(): Codec {
  return codec(msgpackSerializer(), 0x91);
}

const cborCodec = (): Codec => codec(cborWithBignums(), 0x81);

export const cbor = {
  encode: (value: Any): Uint8Array => cborCodec().encode(value),
  decode: (bytes: Uint8Array): Any => cborCodec().decode(bytes),
  encodeAsync: async (value: Any): Promise<Uint8Array> => cborCodec().encode(value),
  decodeFirst: async (bytes: Uint8Array): Promise<Any> => cborCodec().decode(bytes),
  decodeFirstSync: (bytes: Uint8Array): Any => cborCodec().decode(bytes),
};
