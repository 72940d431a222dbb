/* The header `Idempotency-Key`, and what must be the same when a request comes again. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { HttpProblem, INVALID_ARGUMENT } from './problems.ts';

const MAX_LENGTH = 255;
/** A string as RFC 9651 has it, or, as many clients send it, the same without quotation marks. */
const KEY = /^(?:"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"|([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+))$/;

/** @throws HttpProblem 400 */
export function idempotencyKeyOf(headers: IncomingHttpHeaders): string | undefined {
  const given = headers['idempotency-key'];
  if (given === undefined) return undefined;
  const text = String(given);
  const [, quoted, bare] = KEY.exec(text.trim()) ?? [];
  const key = quoted?.replace(/\\(.)/g, '$1') ?? bare;
  if (key !== undefined && key.length <= MAX_LENGTH) return key;
  const got = text.length > 100 ? `${text.length} characters` : `'${text}'`;
  throw new HttpProblem(400, `expected Idempotency-Key to be a string of 1 to ${MAX_LENGTH} characters of ASCII, got ${got}`, {
    uri: INVALID_ARGUMENT,
  });
}

export function fingerprintOf(target: readonly string[], body: Uint8Array | undefined): string {
  const hash = createHash('sha256').update(`${JSON.stringify(target)}\n`);
  return hash.update(body ?? '').digest('base64');
}
