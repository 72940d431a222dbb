/* RFC 6455, 5.2: the head of a message that a server sends: one frame, without a mask. */
import type { Head } from '../outgoing/joined-frames.ts';

const FINAL = 0x80;
const TEXT = 1;
const BINARY = 2;

function headOf(opcode: number): Head {
  return {
    bytes(length) {
      if (length < 126) return 2;
      return length < 65_536 ? 4 : 10;
    },
    write(buffer, at, length) {
      buffer[at] = FINAL | opcode;
      if (length < 126) return buffer.writeUInt8(length, at + 1);
      if (length < 65_536) {
        buffer[at + 1] = 126;
        return buffer.writeUInt16BE(length, at + 2);
      }
      buffer[at + 1] = 127;
      return buffer.writeUIntBE(length, buffer.writeUInt16BE(0, at + 2), 6);
    },
  };
}

export const textHead: Head = headOf(TEXT);
export const binaryHead: Head = headOf(BINARY);
