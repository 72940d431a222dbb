/* The formats in which a router passes on payloads. Each router has its own set. */
import type { Serializer } from '../serializer.ts';
import { cborFormat } from './cbor.ts';
import type { Format } from './format.ts';
import { jsonFormat } from './json.ts';
import { msgpackFormat } from './msgpack.ts';

/** Gives the format of a serializer. Undefined: only the serializer itself can read its frames. */
export type FormatOf = (serializer: Serializer) => Format | undefined;

export function formats(): FormatOf {
  const all = new Map<string, Format>([jsonFormat(), msgpackFormat(), cborFormat()].map((format) => [format.name, format]));
  return ({ name, isStandard }) => (isStandard === true ? all.get(name) : undefined);
}
