import type { Frame } from './transport.ts';

/** In bytes, of UTF-8 for text. */
export function byteLength(frame: Frame): number {
  if (typeof frame !== 'string') return frame.length;
  let bytes = frame.length;
  for (let i = 0; i < frame.length; i++) {
    const code = frame.charCodeAt(i);
    if (code >= 0xd800 && code <= 0xdfff)
      bytes += 1; // half of a pair, which has four
    else if (code >= 0x800) bytes += 2;
    else if (code >= 0x80) bytes += 1;
  }
  return bytes;
}
