/* The format CBOR, for a router. */
import { cbor } from '../cbor.ts';
import { CborReader } from '../codecs/cbor-reader.ts';
import { binaryFormat } from './binary.ts';
import type { Format } from './format.ts';
import { CborFrameWriter } from './frame-writer.ts';
import { CborScan } from './scan/cbor-scan.ts';
import { readCbor } from './translate/cbor-read.ts';
import { CborValueWriter } from './translate/cbor-write.ts';

const INDEFINITE = 31;

class EnvelopeReader extends CborReader {
  some(at: number, count: number): unknown[] {
    this.at = at;
    const values: unknown[] = [];
    for (let i = 0; i < count; i++) values.push(this.item(0));
    return values;
  }
}

export function cborFormat(): Format {
  return binaryFormat({
    name: 'cbor',
    serializer: cbor(),
    scan: new CborScan(),
    Reader: EnvelopeReader,
    Writer: CborFrameWriter,
    kind(element) {
      const initial = element[0] ?? 0;
      if (initial >> 5 === 4) return 'list';
      if (initial >> 5 === 5) return 'dict';
      return initial === 0xf6 || initial === 0xf7 ? 'null' : 'other';
    },
    isEmpty(element) {
      const info = (element[0] ?? 0) & 0x1f;
      if (info === INDEFINITE) return element.length === 2;
      return (
        info === 0 || (info >= 24 && element.length === 1 + (1 << (info - 24)) && element.subarray(1).every((byte) => byte === 0))
      );
    },
    head: (kind, length) => head(kind === 'list' ? 0x80 : 0xa0, length),
    read: readCbor,
    ValueWriter: CborValueWriter,
  });
}

function head(major: number, length: number): readonly number[] {
  if (length < 24) return [major | length];
  if (length < 0x100) return [major | 24, length];
  if (length < 0x10000) return [major | 25, length >> 8, length & 0xff];
  return [major | 26, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
}
