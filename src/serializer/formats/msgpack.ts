/* The format MessagePack, for a router. */

import { MsgpackReader } from '../codecs/msgpack-reader.ts';
import { msgpack } from '../msgpack.ts';
import { binaryFormat } from './binary.ts';
import type { Format } from './format.ts';
import { MsgpackFrameWriter } from './frame-writer.ts';
import { MsgpackScan } from './scan/msgpack-scan.ts';
import { readMsgpack } from './translate/msgpack-read.ts';
import { MsgpackValueWriter } from './translate/msgpack-write.ts';

class EnvelopeReader extends MsgpackReader {
  some(at: number, count: number): unknown[] {
    this.at = at;
    const values: unknown[] = [];
    for (let i = 0; i < count; i++) values.push(this.item(0));
    return values;
  }
}

export function msgpackFormat(): Format {
  return binaryFormat({
    name: 'msgpack',
    serializer: msgpack(),
    scan: new MsgpackScan(),
    Reader: EnvelopeReader,
    Writer: MsgpackFrameWriter,
    kind(element) {
      const code = element[0] ?? 0xc1;
      if (code >> 4 === 9 || code === 0xdc || code === 0xdd) return 'list';
      if (code >> 4 === 8 || code === 0xde || code === 0xdf) return 'dict';
      return code === 0xc0 || isExtension0(element) ? 'null' : 'other';
    },
    // An empty list or dict may have more than one byte: then zeros are its length.
    isEmpty: (element) =>
      element.length === 1 || (element.length <= 5 && (element[0] ?? 0) >= 0xdc && element.subarray(1).every((byte) => byte === 0)),
    head: (kind, length) => heads(kind === 'list' ? 0x90 : 0x80, kind === 'list' ? 0xdc : 0xde, length),
    read: readMsgpack,
    ValueWriter: MsgpackValueWriter,
  });
}

/** The reader takes this for null, too. */
function isExtension0(element: Uint8Array): boolean {
  return element.length === 3 && element[0] === 0xd4 && element[1] === 0;
}

function heads(small: number, large: number, length: number): readonly number[] {
  if (length < 16) return [small | length];
  if (length < 0x10000) return [large, length >> 8, length & 0xff];
  return [large + 1, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
}
