/*
 * PBKDF2 in slices, for platforms that do not have it. The library's own function would block a page until it is done. The
 * library's HMAC object keeps what it has computed from the key.
 */
import library from 'fast-sha256';
import { byteAt } from '../../serializer/bytes/byte-at.ts';
import type { Pbkdf2 } from './hashes-now.ts';

/** The system's clock may be set back while this counts. */
const elapsed = (): number => (typeof performance === 'object' ? performance : Date).now();

/** How long the loop may block a page before it yields. */
const SLICE_MS = 20;
const ROUNDS_A_LOOK = 256;

/** RFC 8018 with HMAC-SHA256. It is much slower than the platform's, so it yields now and then. */
export async function pbkdf2InSlices({ password, salt, iterations, length }: Pbkdf2): Promise<Uint8Array> {
  const key = new Uint8Array(length);
  const hmac = new library.HMAC(password);
  let until = elapsed() + SLICE_MS;
  for (let at = 0, block = 1; at < length; at += 32, block++) {
    const last = new Uint8Array(32);
    hmac
      .reset()
      .update(salt)
      .update(Uint8Array.of(block >>> 24, block >>> 16, block >>> 8, block))
      .finish(last);
    const sum = last.slice();
    for (let round = 1; round < iterations; round++) {
      if (round % ROUNDS_A_LOOK === 0 && elapsed() >= until) {
        await new Promise<void>((resolve) => {
          setTimeout(resolve, 0);
        });
        until = elapsed() + SLICE_MS;
      }
      hmac.reset().update(last).finish(last);
      for (let i = 0; i < 32; i++) sum[i] = byteAt(sum, i) ^ byteAt(last, i);
    }
    key.set(sum.subarray(0, Math.min(32, length - at)), at);
  }
  return key;
}
