/* Counts the frames of a server in what a bare socket gets, and looks at nothing else, so that it costs its process next to nothing. */

/**
 * @param {((text: string) => void) | undefined} look - Called with the text of each frame; undefined: they are only counted.
 * @param {() => void} counted - Called for each frame.
 * @returns {(chunk: Buffer) => void}
 */
export function frameReader(counted, look) {
  /** Bytes of the current frame that are still to come. */
  let left = 0;
  /** The beginning of a frame that was cut off. */
  let rest = Buffer.alloc(0);
  return (given) => {
    const chunk = rest.length > 0 ? Buffer.concat([rest, given]) : given;
    rest = rest.length > 0 ? Buffer.alloc(0) : rest;
    let at = left;
    while (at < chunk.length) {
      const length = chunk[at + 1];
      const head = length === 126 ? 4 : 2;
      const end = at + head + (length === 126 ? (chunk[at + 2] << 8) | chunk[at + 3] : length);
      // A head that is not whole, or a frame that must be whole to be looked at, waits for the next chunk.
      if (at + 4 > chunk.length || (look && end > chunk.length)) {
        rest = Buffer.from(chunk.subarray(at));
        left = 0;
        return;
      }
      counted();
      look?.(chunk.latin1Slice(at + head, end));
      at = end;
    }
    left = at - chunk.length;
  };
}

/** Microseconds by the clock that all processes of a machine share. */
export function micros() {
  return Number(process.hrtime.bigint() / 1000n);
}

/** @param {number[]} values */
export function spread(values) {
  const sorted = Float64Array.from(values).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const mean = sorted.reduce((sum, each) => sum + each, 0) / sorted.length;
  return { mean, p50: at(0.5), p99: at(0.99), max: at(1) };
}
