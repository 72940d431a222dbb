/* MessagePack → values, of any width. The payload model has no extensions: 0 is null, others are refused. */
import { SerializationError } from '../errors.ts';
import { BytesReader, notAString } from './bytes-reader.ts';

export class MsgpackReader extends BytesReader {
  protected value(depth: number): unknown {
    const initial = this.byte();
    if (initial < 0x80) return initial;
    if (initial < 0x90) return this.dict(initial & 0x0f, depth);
    if (initial < 0xa0) return this.list(initial & 0x0f, depth);
    if (initial < 0xc0) return this.text(initial & 0x1f);
    if (initial >= 0xe0) return initial - 0x100;
    return this.coded(initial, depth);
  }

  protected key(): string {
    const initial = this.byte();
    if (initial >= 0xa0 && initial < 0xc0) return this.shortKey(initial & 0x1f);
    return initial >= 0xd9 && initial <= 0xdb ? this.text(this.uint(1 << (initial - 0xd9))) : notAString();
  }

  protected coded(initial: number, depth: number): unknown {
    switch (initial) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4: // bin 8, 16, 32
      case 0xc5:
      case 0xc6:
        return this.bytes(this.uint(1 << (initial - 0xc4)));
      case 0xca:
        return this.single();
      case 0xcb:
        return this.double();
      case 0xcc: // uint 8, 16, 32
      case 0xcd:
      case 0xce:
        return this.uint(1 << (initial - 0xcc));
      case 0xcf:
        return this.wide(this.uint(4), this.uint(4));
      case 0xd0: // int 8, 16, 32
        return (this.uint(1) << 24) >> 24;
      case 0xd1:
        return (this.uint(2) << 16) >> 16;
      case 0xd2:
        return this.uint(4) | 0;
      case 0xd3:
        return this.wide(this.uint(4) | 0, this.uint(4));
      case 0xd9: // str 8, 16, 32
      case 0xda:
      case 0xdb:
        return this.text(this.uint(1 << (initial - 0xd9)));
      case 0xdc: // array 16, 32
      case 0xdd:
        return this.list(this.uint(2 << (initial - 0xdc)), depth);
      case 0xde: // map 16, 32
      case 0xdf:
        return this.dict(this.uint(2 << (initial - 0xde)), depth);
      default:
        // fixext 1 of type 0: what wampy and msgpackr write for undefined
        if (initial === 0xd4 && this.uint(2) >> 8 === 0) return null;
        throw new SerializationError('expected JSON values and bytes, got a MessagePack extension');
    }
  }
}
