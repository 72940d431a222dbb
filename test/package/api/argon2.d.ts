/// <reference lib="esnext.disposable" />
import { Argon2id } from './scram.js';

/**
 * Argon2id for `scram({ argon2id })`, in JavaScript. It yields to other work of the page while it computes.
 *
 * The time grows with memory and iterations: a desktop needs about 5 ms for each MiB and pass.
 */
declare const argon2id: Argon2id;

export { argon2id };
