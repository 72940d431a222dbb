/*
 * What the router keeps of payloads, and how big that is, about, in memory.
 */
import type { Payload } from '../protocol/messages.ts';

/** The same message, to be kept: its payload stands alone, without the frame that it came in. */
export function toKeep<M extends Payload>(message: M): M {
  return message.carried ? { ...message, carried: message.carried.kept() } : message;
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
