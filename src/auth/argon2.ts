/*
 * Argon2id by @noble/hashes. It is plain JavaScript, so it runs under a Content-Security-Policy without `wasm-unsafe-eval`.
 * It has half the bytes of hash-wasm, which is WebAssembly, and a quarter of its speed (60 ms for 4 MiB and 3 passes). No
 * other file of this library imports it.
 */
import { argon2idAsync } from '@noble/hashes/argon2.js';
import type { Argon2id } from './proofs/scram-keys.ts';

/**
 * Argon2id for `scram({ argon2id })`, in JavaScript. It yields to other work of the page while it computes.
 *
 * The time grows with memory and iterations: a desktop needs about 5 ms for each MiB and pass.
 */
export const argon2id: Argon2id = ({ password, salt, iterations, memoryKiB, length }) =>
  argon2idAsync(password, salt, { t: iterations, m: memoryKiB, p: 1, dkLen: length });
