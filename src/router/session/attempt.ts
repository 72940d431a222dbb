import { SerializationError } from '../../base/errors.ts';
import type { Serializer } from '../../serializer/serializer.ts';
import { byteLength } from '../../transport/frame-length.ts';

/** @returns The error if a message cannot be encoded. Every other exception goes on. */
export function attempt(send: () => void): SerializationError | undefined {
  try {
    send();
    return undefined;
  } catch (error) {
    if (error instanceof SerializationError) return error;
    throw error;
  }
}

/** The length of a list on the wire, in bytes; undefined: the serializer cannot encode it. */
export function sizeIn(serializer: Serializer | undefined, list: readonly unknown[]): number | undefined {
  let size: number | undefined;
  attempt(() => {
    size = byteLength(serializer?.encode(list) ?? '');
  });
  return size;
}
