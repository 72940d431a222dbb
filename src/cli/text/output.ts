/*
 * Values on stdout, one document each.
 */
import type { Dict } from '../../index.ts';
import { toJson, toPrettyJson } from './json-text.ts';
import { oneOf } from './options.ts';

export const formats = ['pretty', 'ndjson', 'json', 'raw'] as const;
export type Format = (typeof formats)[number];

export const outputOptions = {
  output: {
    value: 'FORMAT',
    help: 'pretty: indented JSON (default on a terminal). ndjson or json: one document per line (default elsewhere). raw: strings and bytes as they are, everything else as ndjson',
  },
} as const;

/** @throws UsageError */
export function formatOf(given: string | undefined, isTerminal: boolean): Format {
  return oneOf('output', given, formats) ?? (isTerminal ? 'pretty' : 'ndjson');
}

export function render(value: unknown, format: Format): string | Uint8Array {
  if (format === 'raw' && value instanceof Uint8Array) return value;
  if (format === 'raw' && typeof value === 'string') return `${value}\n`;
  return `${format === 'pretty' ? toPrettyJson(value) : toJson(value)}\n`;
}

/** One positional value without keywords: that value. An empty result: undefined. Otherwise args and kwargs. */
export function bare(args: readonly unknown[], kwargs: object): unknown {
  if (Object.keys(kwargs).length > 0 || args.length > 1) return { args, kwargs };
  return args[0];
}

/** An event or a result with its details. */
export function whole(args: readonly unknown[], kwargs: object, details: Dict): object {
  return { args, kwargs, details };
}
