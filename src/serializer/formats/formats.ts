/* The formats that a router carries payloads in, one set a router. */
import type { Serializer } from '../serializer.ts';
import { cborFormat } from './cbor.ts';
import type { Format } from './format.ts';
import { jsonFormat } from './json.ts';
import { msgpackFormat } from './msgpack.ts';

/** Gives the format of a serializer; undefined: only the serializer knows what its frames are. */
export type FormatOf = (serializer: Serializer) => Format | undefined;

export function formats(): FormatOf {
  const all = new Map<string, Format>([jsonFormat(), msgpackFormat(), cborFormat()].map((format) => [format.name, format]));
  return ({ name, isStandard }) => (isStandard === true ? all.get(name) : undefined);
}
