/// <reference lib="esnext.disposable" />
import { Argon2id } from './scram.js';

/**
 * Argon2id for `scram({ argon2id })`, in JavaScript. It lets the page breathe while it works.
 *
 * The time goes with memory and iterations: some 5 ms a MiB and pass on a desktop.
 */
declare const argon2id: Argon2id;

export { argon2id };
