/*
 * Argon2id by @noble/hashes: plain JavaScript, so that it runs under a Content-Security-Policy without `wasm-unsafe-eval`, in half the bytes of the
 * WebAssembly of hash-wasm, at a quarter of its speed (4 MiB, 3 passes: 60 ms). Nothing else imports this file.
 */
import { argon2idAsync } from '@noble/hashes/argon2.js';
import type { Argon2id } from './scram-keys.ts';

/**
 * Argon2id for `scram({ argon2id })`, in JavaScript. It lets the page breathe while it works.
 *
 * The time goes with memory and iterations: some 5 ms a MiB and pass on a desktop.
 */
export const argon2id: Argon2id = ({ password, salt, iterations, memoryKiB, length }) =>
  argon2idAsync(password, salt, { t: iterations, m: memoryKiB, p: 1, dkLen: length });
