/*
 * What logins compute: SHA-256, HMAC and PBKDF2. `crypto.subtle` is there in Node.js and on secure pages, but not on plain-http ones nor
 * in old browsers, and is worth the asking only for PBKDF2: one hash costs less than a promise. So hash and HMAC are js-sha256 everywhere
 * (in Node.js it is a wrapper of the platform's own), PBKDF2 is WebCrypto's where there is one, and a loop of ours elsewhere.
 */

import { sha256 as hash } from 'js-sha256';

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash.array(bytes));
}

export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(hash.hmac.array(key, message));
}

export interface Pbkdf2 {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** Of the key, in octets. */
  readonly length: number;
}

/** RFC 8018 with HMAC-SHA256. */
export async function pbkdf2(input: Pbkdf2): Promise<Uint8Array> {
  const subtle = webCrypto();
  if (subtle) {
    try {
      return await pbkdf2ByPlatform(subtle, input);
    } catch {
      // An old WebCrypto without PBKDF2, or one that takes no empty password.
    }
  }
  return pbkdf2ByUs(input);
}

/** Undefined on plain-http pages and in old browsers. */
export function webCrypto(): SubtleCrypto | undefined {
  return (globalThis as { readonly crypto?: { readonly subtle?: SubtleCrypto } }).crypto?.subtle;
}

export async function pbkdf2ByPlatform(subtle: SubtleCrypto, { password, salt, iterations, length }: Pbkdf2): Promise<Uint8Array> {
  const key = await subtle.importKey('raw', password as BufferSource, 'PBKDF2', false, ['deriveBits']);
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt: salt as BufferSource, iterations };
  return new Uint8Array(await subtle.deriveBits(algorithm, key, 8 * length));
}

/** A clock on the wall may be set back while we count. */
const elapsed = (): number => (typeof performance === 'object' ? performance : Date).now();

/** How long the loop keeps a page waiting before it lets others in. */
const SLICE_MS = 20;

/** Slower by far, so that it lets others in now and then. */
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
