/*
 * The form in which the router keeps payloads, and their approximate size in memory.
 */

import type { Dict, Uri } from '../../base/words.ts';
import type { Payload } from '../../protocol/messages.ts';

/** The same message, to be kept: its payload is copied, without the frame that it came in. */
export function toKeep<M extends Payload>(message: M): M {
  return message.carried ? { ...message, carried: message.carried.kept() } : message;
}

/** The overhead beside the values: the objects that hold them, and their places in lists and maps. */
const ENTRY_BYTES = 400;

/** The approximate size of a message that is kept with a URI and its options or details. */
export function sizeOfKept(uri: Uri, options: Dict, { args, kwargs, carried }: Payload): number {
  return ENTRY_BYTES + sizeOf(uri, options, args, kwargs) + (carried?.bytes ?? 0);
}

/** The approximate size of these values. With a list and not by recursion, because a peer chooses the depth. */
export function sizeOf(...values: readonly unknown[]): number {
  let size = 0;
  const todo = [...values];
  while (todo.length > 0) {
    const value = todo.pop();
    size += 16;
    if (typeof value === 'string') size += 2 * value.length;
    else if (ArrayBuffer.isView(value)) size += value.byteLength;
    else if (Array.isArray(value)) for (const item of value) todo.push(item);
    else if (typeof value === 'object' && value !== null) for (const [key, member] of Object.entries(value)) todo.push(key, member);
  }
  return size;
}
