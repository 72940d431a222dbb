/* PBKDF2 where no platform has it: a loop of ours around the HMAC of js-sha256, in slices, or at one go. */
import { sha256 as hash } from 'js-sha256';

export interface Pbkdf2 {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** Of the key, in octets. */
  readonly length: number;
}

/** A clock on the wall may be set back while we count. */
const elapsed = (): number => (typeof performance === 'object' ? performance : Date).now();

/** How long the loop keeps a page waiting before it lets others in. */
const SLICE_MS = 20;

/** RFC 8018 with HMAC-SHA256. Slower than the platform's by far, so that it lets others in now and then. */
export async function pbkdf2ByUs(input: Pbkdf2): Promise<Uint8Array> {
  const blocks = pbkdf2Steps(input);
  for (let until = elapsed() + SLICE_MS; ; ) {
    const step = blocks.next();
    if (step.done) return step.value;
    if (elapsed() < until) continue;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 0);
    });
    until = elapsed() + SLICE_MS;
  }
}

/** At one go, for who cannot wait. */
export function pbkdf2Now(input: Pbkdf2): Uint8Array {
  const blocks = pbkdf2Steps(input);
  for (;;) {
    const step = blocks.next();
    if (step.done) return step.value;
  }
}

const ROUNDS_A_STEP = 256;

function* pbkdf2Steps({ password, salt, iterations, length }: Pbkdf2): Generator<undefined, Uint8Array, void> {
  const key = new Uint8Array(length);
  for (let at = 0, block = 1; at < length; at += 32, block++) {
    const first = new Uint8Array(salt.length + 4);
    first.set(salt);
    first.set([block >>> 24, block >>> 16, block >>> 8, block], salt.length);
    let last: number[] | Uint8Array = hash.hmac.array(password, first);
    const sum = new Uint8Array(last);
    for (let round = 1; round < iterations; round++) {
      if (round % ROUNDS_A_STEP === 0) yield;
      last = hash.hmac.array(password, last);
      for (let i = 0; i < 32; i++) sum[i] = (sum[i] as number) ^ (last[i] as number);
    }
    key.set(sum.subarray(0, Math.min(32, length - at)), at);
  }
  return key;
}
