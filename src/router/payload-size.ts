/*
 * How big payloads are: about, in memory, for what the router keeps; and exactly, as text on the wire.
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

/** How many bytes this text is in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 && code <= 0xdfff)
      bytes += 1; // half of a pair, which has four
    else if (code >= 0x800) bytes += 2;
    else if (code >= 0x80) bytes += 1;
  }
  return bytes;
}
