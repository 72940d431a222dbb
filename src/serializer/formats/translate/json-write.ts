/* From values of other formats to JSON. */

import { byteAt } from '../../bytes/byte-at.ts';
import { plainEnd } from '../../bytes/runs.ts';
import { floatText } from './exact.ts';
import { ValueWriter } from './value-writer.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
/** The bytes of ASCII text. jsdom has no TextEncoder. */
const octets = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const BASE64 = octets('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const PADDING = 0x3d;
/** Up to this length a loop is quicker than a search for runs. */
const SHORT = 24;
const MAX_ESCAPE = '\\u0000'.length;
/** The escapes for bytes that a string cannot contain. */
const ESCAPES: readonly (Uint8Array | undefined)[] = Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? octets(JSON.stringify(String.fromCharCode(byte)).slice(1, -1)) : undefined,
);

export class JsonValueWriter extends ValueWriter {
  constructor(maxBytes: number) {
    super(maxBytes, 'JSON');
  }

  null(): void {
    this.ascii('null');
  }

  boolean(value: boolean): void {
    this.ascii(value ? 'true' : 'false');
  }

  integer(value: number | bigint): void {
    if (value >= 0 && value < 10) this.byte(0x30 + Number(value));
    else this.ascii(String(value));
  }

  float(value: number): void {
    this.ascii(floatText(value));
  }

  text(from: Uint8Array, start: number, end: number): void {
    this.byte(QUOTE);
    if (end - start <= SHORT) this.shortText(from, start, end);
    else this.longText(from, start, end);
    this.byte(QUOTE);
  }

  protected override plain(from: Uint8Array, start: number, end: number): void {
    this.byte(QUOTE);
    this.put(from, start, end);
    this.byte(QUOTE);
  }

  private shortText(from: Uint8Array, start: number, end: number): void {
    this.room(MAX_ESCAPE * (end - start));
    const { bytes } = this;
    let { at } = this;
    for (let i = start; i < end; i++) {
      const byte = byteAt(from, i);
      const escaped = ESCAPES[byte];
      if (escaped === undefined) bytes[at++] = byte;
      else for (let j = 0; j < escaped.length; j++) bytes[at++] = byteAt(escaped, j);
    }
    this.at = at;
  }

  private longText(from: Uint8Array, start: number, end: number): void {
    let run = start;
    for (let at = plainEnd(from, start, end); at < end; at = plainEnd(from, at + 1, end)) {
      const escaped = ESCAPES[byteAt(from, at)];
      if (escaped === undefined) continue;
      this.put(from, run, at);
      this.put(escaped, 0, escaped.length);
      run = at + 1;
    }
    this.put(from, run, end);
  }

  /** WAMP "Binary conversion of JSON Strings". */
  binary(from: Uint8Array, start: number, end: number): void {
    this.room(8 + 4 * Math.ceil((end - start) / 3));
    this.ascii('"\\u0000');
    const { bytes } = this;
    let { at } = this;
    for (let i = start; i < end; i += 3) {
      const left = end - i;
      const three = (byteAt(from, i) << 16) | ((left > 1 ? byteAt(from, i + 1) : 0) << 8) | (left > 2 ? byteAt(from, i + 2) : 0);
      bytes[at++] = byteAt(BASE64, three >> 18);
      bytes[at++] = byteAt(BASE64, (three >> 12) & 63);
      bytes[at++] = left > 1 ? byteAt(BASE64, (three >> 6) & 63) : PADDING;
      bytes[at++] = left > 2 ? byteAt(BASE64, three & 63) : PADDING;
    }
    this.at = at;
    this.byte(QUOTE);
  }

  override item(i: number): void {
    if (i > 0) this.byte(COMMA);
  }

  protected beginList(): void {
    this.byte(0x5b);
  }

  protected beginDict(): void {
    this.byte(0x7b);
  }

  protected override separate(): void {
    this.byte(COMMA);
  }

  protected override colon(): void {
    this.byte(COLON);
  }

  protected override closeList(): void {
    this.byte(0x5d);
  }

  protected override closeDict(): void {
    this.byte(0x7d);
  }
}
