/*
 * Our MessagePack beside msgpackr, in process: the time of one message, written or read. msgpackr alone is what it is without the checks that
 * `msgpackr()` puts before it, and writes large integers as floats. The figure is the ratio to ours in the same round.
 */

import { msgpack } from 'autostrada/msgpack';
import { msgpackr } from 'autostrada/msgpackr';
import { Packr } from 'msgpackr';
import { payloads, sizes } from './payloads.mjs';
import { median } from './statistics.mjs';

const alone = new Packr({ useRecords: false, variableMapSize: true, int64AsType: 'number', copyBuffers: true });
const codecs = {
  own: msgpack(),
  msgpackr: msgpackr(),
  alone: { encode: (message) => alone.pack(message), decode: (frame) => alone.unpack(frame) },
};
/** Of messages between two looks at the clock. */
const BATCH = 20;

/** @param {{ rounds: number, ms: number }} plan */
export function measureCodecs({ rounds, ms }) {
  return ['records', 'text'].flatMap((payload) =>
    Object.keys(sizes).flatMap((size) => {
      const message = [48, 1, {}, 'com.example.echo', payloads[payload](sizes[size])];
      const frame = Uint8Array.from(codecs.own.encode(message));
      return ['encode', 'decode'].map((does) => {
        const input = does === 'encode' ? () => message : () => new Uint8Array(frame.buffer);
        const runs = Object.keys(codecs).map(() => []);
        // One round more: the first warms up.
        for (let round = 0; round <= rounds; round++) {
          for (let i = 0; i < runs.length; i++) {
            const which = (round + i) % runs.length;
            const codec = Object.values(codecs)[which];
            runs[which][round] = microseconds(() => codec[does](input()), ms / 8);
          }
        }
        const [own, ours, bare] = runs.map((each) => each.slice(1));
        const ratios = ours.map((time, round) => time / own[round]);
        return {
          does,
          payload,
          size,
          own: median(own),
          msgpackr: median(ours),
          alone: median(bare),
          ratio: median(ratios),
          min: Math.min(...ratios),
          max: Math.max(...ratios),
        };
      });
    }),
  );
}

function microseconds(action, ms) {
  const start = performance.now();
  let count = 0;
  let now = start;
  for (; now - start < ms; now = performance.now()) {
    for (let i = 0; i < BATCH; i++) action();
    count += BATCH;
  }
  return ((now - start) * 1000) / count;
}
