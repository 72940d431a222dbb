/*
 * JSON, MessagePack and CBOR by hand: what an attacker writes, and how we look at what the router answers. `Raw` is bytes that stand in a
 * value as they are, right or wrong. The readers are strict: what a router sends must be well-formed, and its strings UTF-8.
 */
export const formats = ['json', 'msgpack', 'cbor'] as const;
export type Format = (typeof formats)[number];

/** Bytes in the place of a value. */
export class Raw {
  readonly bytes: Buffer;

  constructor(bytes: Uint8Array | string) {
    this.bytes = Buffer.from(bytes as string);
  }

  static hex(hex: string): Raw {
    return new Raw(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  }
}

export function encode(format: Format, value: unknown): Buffer {
  if (format === 'json') return Buffer.concat(jsonParts(value));
  const parts: Buffer[] = [];
  if (format === 'msgpack') writeMsgpack(value, parts);
  else writeCbor(value, parts);
  return Buffer.concat(parts);
}

/** @throws for what is not well-formed. */
export function decode(format: Format, bytes: Buffer): unknown {
  if (format === 'json') return JSON.parse(utf8(bytes));
  const reader = format === 'msgpack' ? new MsgpackReader(bytes) : new CborReader(bytes);
  const value = reader.value();
  if (reader.at !== bytes.length) throw new Error(`expected ${reader.at} bytes of ${format}, got ${bytes.length}`);
  return value;
}

function jsonParts(value: unknown): Buffer[] {
  if (value instanceof Raw) return [value.bytes];
  if (Array.isArray(value)) {
    const items = value.map((item, i) => [...(i > 0 ? [Buffer.from(',')] : []), ...jsonParts(item)]);
    return [Buffer.from('['), ...items.flat(), Buffer.from(']')];
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, member], i) => [
      Buffer.from(`${i > 0 ? ',' : ''}${JSON.stringify(key)}:`),
      ...jsonParts(member),
    ]);
    return [Buffer.from('{'), ...members.flat(), Buffer.from('}')];
  }
  return [Buffer.from(typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'null'))];
}

function sized(head: number, size: number, bytes: 1 | 2 | 4 | 8): Buffer {
  const buffer = Buffer.alloc(1 + bytes, head);
  if (bytes === 8) buffer.writeBigUInt64BE(BigInt(size), 1);
  else buffer.writeUIntBE(size, 1, bytes);
  return buffer;
}

function double(head: number, value: number): Buffer {
  const buffer = Buffer.alloc(9, head);
  buffer.writeDoubleBE(value, 1);
  return buffer;
}

function writeMsgpack(value: unknown, parts: Buffer[]): void {
  const head = (size: number, fix: number, fixMax: number, of16: number, of32: number): void => {
    if (size <= fixMax) parts.push(Buffer.of(fix | size));
    else parts.push(size < 2 ** 16 ? sized(of16, size, 2) : sized(of32, size, 4));
  };
  if (value instanceof Raw) parts.push(value.bytes);
  else if (value === null || value === undefined) parts.push(Buffer.of(0xc0));
  else if (typeof value === 'boolean') parts.push(Buffer.of(value ? 0xc3 : 0xc2));
  else if (typeof value === 'number') {
    if (Number.isInteger(value) && value >= 0 && value < 128) parts.push(Buffer.of(value));
    else if (Number.isSafeInteger(value) && value >= 0) parts.push(sized(0xcf, value, 8));
    else if (Number.isSafeInteger(value) && value >= -32 && value < 0) parts.push(Buffer.of(value & 0xff));
    else parts.push(double(0xcb, value));
  } else if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    head(bytes.length, 0xa0, 31, 0xda, 0xdb);
    parts.push(bytes);
  } else if (value instanceof Uint8Array) parts.push(sized(0xc6, value.length, 4), Buffer.from(value));
  else if (Array.isArray(value)) {
    head(value.length, 0x90, 15, 0xdc, 0xdd);
    for (const item of value) writeMsgpack(item, parts);
  } else {
    const members = Object.entries(value as object);
    head(members.length, 0x80, 15, 0xde, 0xdf);
    for (const [key, member] of members) {
      writeMsgpack(key, parts);
      writeMsgpack(member, parts);
    }
  }
}

function writeCbor(value: unknown, parts: Buffer[]): void {
  const head = (major: number, size: number): void => {
    if (size < 24) parts.push(Buffer.of((major << 5) | size));
    else if (size < 256) parts.push(sized((major << 5) | 24, size, 1));
    else parts.push(size < 2 ** 16 ? sized((major << 5) | 25, size, 2) : sized((major << 5) | 27, size, 8));
  };
  if (value instanceof Raw) parts.push(value.bytes);
  else if (value === null || value === undefined) parts.push(Buffer.of(0xf6));
  else if (typeof value === 'boolean') parts.push(Buffer.of(value ? 0xf5 : 0xf4));
  else if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) head(value < 0 ? 1 : 0, value < 0 ? -1 - value : value);
    else parts.push(double(0xfb, value));
  } else if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    head(3, bytes.length);
    parts.push(bytes);
  } else if (value instanceof Uint8Array) {
    head(2, value.length);
    parts.push(Buffer.from(value));
  } else if (Array.isArray(value)) {
    head(4, value.length);
    for (const item of value) writeCbor(item, parts);
  } else {
    const members = Object.entries(value as object);
    head(5, members.length);
    for (const [key, member] of members) {
      writeCbor(key, parts);
      writeCbor(member, parts);
    }
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(bytes: Uint8Array): string {
  return strict.decode(bytes);
}

abstract class Reader {
  at = 0;
  protected readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  abstract value(): unknown;

  protected take(size: number): Buffer {
    if (this.at + size > this.bytes.length) throw new Error(`expected ${size} bytes at ${this.at} of ${this.bytes.length}`);
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  protected uint(size: number): number {
    const bytes = this.take(size);
    return size === 8 ? Number(bytes.readBigUInt64BE()) : bytes.readUIntBE(0, size);
  }

  protected list(count: number): unknown[] {
    const items: unknown[] = [];
    for (let i = 0; i < count; i++) items.push(this.value());
    return items;
  }

  protected dict(count: number): Map<unknown, unknown> {
    const members = new Map<unknown, unknown>();
    for (let i = 0; i < count; i++) members.set(this.value(), this.value());
    return members;
  }
}

class MsgpackReader extends Reader {
  value(): unknown {
    const head = this.uint(1);
    if (head < 0x80) return head;
    if (head < 0x90) return this.dict(head & 15);
    if (head < 0xa0) return this.list(head & 15);
    if (head < 0xc0) return utf8(this.take(head & 31));
    if (head >= 0xe0) return head - 256;
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return head === 0xc3;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.take(this.uint(2 ** (head - 0xc4)));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.take(this.uint(2 ** (head - 0xc7)) + 1);
      case 0xca:
        return this.take(4).readFloatBE();
      case 0xcb:
        return this.take(8).readDoubleBE();
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.uint(2 ** (head - 0xcc));
      case 0xd0:
      case 0xd1:
      case 0xd2:
        return this.take(2 ** (head - 0xd0)).readIntBE(0, 2 ** (head - 0xd0));
      case 0xd3:
        return Number(this.take(8).readBigInt64BE());
      case 0xd9:
      case 0xda:
      case 0xdb:
        return utf8(this.take(this.uint(2 ** (head - 0xd9))));
      case 0xdc:
      case 0xdd:
        return this.list(this.uint(head === 0xdc ? 2 : 4));
      case 0xde:
      case 0xdf:
        return this.dict(this.uint(head === 0xde ? 2 : 4));
      default:
        if (head >= 0xd4 && head <= 0xd8) return this.take(1 + 2 ** (head - 0xd4));
        throw new Error(`expected MessagePack, got 0x${head.toString(16)}`);
    }
  }
}

const BREAK = Symbol('break');

class CborReader extends Reader {
  value(): unknown {
    const item = this.item();
    if (item === BREAK) throw new Error('expected a CBOR item, got a break');
    return item;
  }

  private item(): unknown {
    const head = this.uint(1);
    const [major, info] = [head >> 5, head & 31];
    if (info > 27 && info < 31) throw new Error(`expected CBOR, got 0x${head.toString(16)}`);
    if (major === 7) return this.simple(info);
    const isOpen = info === 31;
    if (isOpen && (major < 2 || major > 5)) throw new Error('expected a length');
    const size = isOpen ? Number.POSITIVE_INFINITY : info < 24 ? info : this.uint(2 ** (info - 24));
    switch (major) {
      case 0:
        return size;
      case 1:
        return -1 - size;
      case 2:
      case 3: {
        const bytes = isOpen ? Buffer.concat(this.chunks() as Buffer[]) : this.take(size);
        return major === 3 ? utf8(bytes) : bytes;
      }
      case 4:
        return isOpen ? this.chunks() : this.list(size);
      case 5:
        return isOpen ? this.chunks() : this.dict(size);
      default:
        return this.value();
    }
  }

  private chunks(): unknown[] {
    const items: unknown[] = [];
    for (;;) {
      const item = this.item();
      if (item === BREAK) return items;
      items.push(item);
    }
  }

  private simple(info: number): unknown {
    switch (info) {
      case 20:
      case 21:
        return info === 21;
      case 25:
        return this.take(2).readUInt16BE(); // which half float it is, nobody asks
      case 26:
        return this.take(4).readFloatBE();
      case 27:
        return this.take(8).readDoubleBE();
      case 31:
        return BREAK;
      default:
        if (info === 24) this.take(1);
        return null;
    }
  }
}
