import type { Frame } from './transport.ts';

/** The length of a frame in bytes. Text is counted as UTF-8. */
export function byteLength(frame: Frame): number {
  if (typeof frame !== 'string') return frame.length;
  let bytes = frame.length;
  for (let i = 0; i < frame.length; i++) {
    const code = frame.charCodeAt(i);
    if (code >= 0xd800 && code <= 0xdfff)
      bytes += 1; // half of a surrogate pair, which takes four bytes
    else if (code >= 0x800) bytes += 2;
    else if (code >= 0x80) bytes += 1;
  }
  return bytes;
}
