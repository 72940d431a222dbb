/*
 * What the router keeps of payloads, and how big that is, about, in memory.
 */
import type { Payload } from '../../protocol/messages.ts';
import type { Dict, Uri } from '../../words.ts';

/** The same message, to be kept: its payload stands alone, without the frame that it came in. */
export function toKeep<M extends Payload>(message: M): M {
  return message.carried ? { ...message, carried: message.carried.kept() } : message;
}

/** What is there beside the values: the objects that hold them, and their places in lists and maps. */
const ENTRY_BYTES = 400;

/** About how many bytes a message takes that is kept with a URI, and the options or details that come with it. */
export function sizeOfKept(uri: Uri, options: Dict, { args, kwargs, carried }: Payload): number {
  return ENTRY_BYTES + sizeOf(uri, options, args, kwargs) + (carried?.bytes ?? 0);
}

/** About how many bytes these values take, whatever they hold. By a list and not by recursion: a peer chooses how deep they are. */
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
