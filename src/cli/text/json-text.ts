/*
 * JSON on a command line, in a pipe and on a terminal, with WAMP's convention for bytes (a string of U+0000 and base64),
 * so that nothing is lost in either direction, with any serializer on the wire.
 */
import { json } from '../../index.ts';
import { UsageError } from './usage.ts';

/** A JSON object. */
export function isDict(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws SyntaxError */
export function parseJson(text: string): unknown {
  return json().decode(text);
}

const INTEGER = /^-?(\d+)$/;

/**
 * JSON, or else the text as it is.
 *
 * @throws UsageError for an integer that JavaScript would round.
 */
export function parseLoosely(text: string): unknown {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    return text;
  }
  const digits = INTEGER.exec(text.trim())?.[1];
  if (digits !== undefined && (Number(digits) > 2 ** 53 || String(Number(digits)) !== digits)) {
    throw new UsageError(`expected an integer up to 2^53, got ${text}: for a string write '"${text}"', or give --strings`);
  }
  return value;
}

/** On one line. */
export function toJson(value: unknown): string {
  return harmless(String(json().encode([value])).slice(1, -1));
}

export function toPrettyJson(value: unknown): string {
  return harmless(JSON.stringify(JSON.parse(toJson(value)), null, 2));
}

/** JSON escapes most control characters of a terminal, but not DEL, the C1 controls and those that turn the direction of text. All of them can only be in strings. */
function harmless(text: string): string {
  return text.replaceAll(
    /[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
