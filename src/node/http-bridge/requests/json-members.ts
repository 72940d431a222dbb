/* The members of a JSON object, and the items of a JSON list, as slices of their text. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/** @param dict - A JSON object, which has been scanned. Of two members with one name the later counts, as for `JSON.parse`. */
export function membersOf(dict: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const members = new Map<string, Uint8Array>();
  const end = dict.length - 1; // the bracket
  let at = spaceEnd(dict, 1);
  while (at < end) {
    const keyAt = at;
    at = stringEnd(dict, at);
    const key: unknown = JSON.parse(Buffer.from(dict.subarray(keyAt, at)).toString());
    at = spaceEnd(dict, spaceEnd(dict, at) + 1); // after the colon
    const valueAt = at;
    at = valueEnd(dict, at, end);
    members.set(String(key), trimmed(dict, valueAt, at));
    at = spaceEnd(dict, at + 1); // after the comma
  }
  return members;
}

/** @param list - A JSON list, which has been scanned. */
export function itemsOf(list: Uint8Array): readonly Uint8Array[] {
  const items: Uint8Array[] = [];
  const end = list.length - 1; // the bracket
  let at = spaceEnd(list, 1);
  while (at < end) {
    const next = valueEnd(list, at, end);
    items.push(trimmed(list, at, next));
    at = spaceEnd(list, next + 1); // after the comma
  }
  return items;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function spaceEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isSpace(bytes[at])) at++;
  return at;
}

/** @param start - Where its first quote is. */
function stringEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** The place of the comma after a value, or `end`. */
function valueEnd(bytes: Uint8Array, start: number, end: number): number {
  let depth = 0;
  let at = start;
  while (at < end) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = stringEnd(bytes, at);
      continue;
    }
    if (byte === COMMA && depth === 0) return at;
    if (byte === 0x5b || byte === 0x7b) depth++;
    else if (byte === 0x5d || byte === 0x7d) depth--;
    at++;
  }
  return end;
}

function trimmed(bytes: Uint8Array, start: number, end: number): Uint8Array {
  let last = end;
  while (last > start && isSpace(bytes[last - 1])) last--;
  return bytes.subarray(start, last);
}
