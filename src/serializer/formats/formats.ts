/* The formats in which a router passes on payloads. Each router has its own set. */
import type { Serializer } from '../serializer.ts';
import { cborFormat } from './cbor.ts';
import type { Format } from './format.ts';
import { jsonFormat } from './json.ts';
import { msgpackFormat } from './msgpack.ts';

/** Gives the format of a serializer. Undefined: only the serializer itself can read its frames. */
export type FormatOf = (serializer: Serializer) => Format | undefined;

/** All of them. */
export type Formats = { readonly [name in Format['name']]: Format };

export function formats(): Formats {
  return { json: jsonFormat(), msgpack: msgpackFormat(), cbor: cborFormat() };
}

export function formatOf(all: Formats): FormatOf {
  const byName = new Map<string, Format>(Object.entries(all));
  return ({ name, isStandard }) => (isStandard === true ? byName.get(name) : undefined);
}
