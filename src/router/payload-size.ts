/*
 * How big payloads are, about, in memory, for what the router keeps.
 */

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
