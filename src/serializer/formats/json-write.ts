/* Exact values → JSON. */
import { SerializationError } from '../../errors.ts';
import { bytesToBase64 } from '../base64.ts';
import { type Exact, enterExact, Float, floatText } from './exact.ts';

/** @throws {@link SerializationError} beyond `maxLength`. */
export function writeJson(value: Exact, maxLength: number): string {
  const parts: string[] = [];
  let length = 0;
  const put = (text: string): void => {
    length += text.length;
    if (length > maxLength) throw new SerializationError(`expected a payload of at most ${maxLength} bytes as JSON, got more`);
    parts.push(text);
  };
  const write = (one: Exact, depth: number): void => {
    if (one === null || typeof one === 'boolean' || typeof one === 'number' || typeof one === 'bigint') put(String(one));
    else if (typeof one === 'string') put(JSON.stringify(one));
    else if (one instanceof Float) put(floatText(one.value));
    else if (one instanceof Uint8Array) {
      if (one.length > maxLength) put(' '.repeat(maxLength + 1));
      put(`"\\u0000${bytesToBase64(one)}"`);
    } else {
      enterExact(depth);
      let separator = '';
      if (isList(one)) {
        put('[');
        for (const item of one) {
          put(separator);
          write(item, depth + 1);
          separator = ',';
        }
        put(']');
      } else {
        put('{');
        for (const [key, member] of one) {
          put(`${separator}${JSON.stringify(key)}:`);
          write(member, depth + 1);
          separator = ',';
        }
        put('}');
      }
    }
  };
  write(value, 0);
  return parts.join('');
}

export function isList(value: readonly Exact[] | ReadonlyMap<string, Exact>): value is readonly Exact[] {
  return Array.isArray(value);
}
