/* The payloads of calls and events that are not the usual `['hello', 42]`. Sizes are of JSON, about. */
export const sizes = { '64 B': 64, '1 KB': 1024, '16 KB': 16_384 };

/** In JSON they are base64, which takes a third more. */
const BINARY_BYTES = 256;

export const payloads = {
  /** What the contestants send, in a list. */
  hello: () => ['hello', 42],
  /** @param {number} bytes */
  records(bytes) {
    const list = [];
    for (let i = 0; JSON.stringify(list).length < bytes - 40; i++)
      list.push({
        id: i,
        at: 1_790_000_000 + i,
        name: `sensor ${i}`,
        value: i * 1.25,
        isOn: i % 2 === 0,
        tags: ['a', 'é'],
        none: null,
      });
    return list;
  },
  /** @param {number} bytes */
  text: (bytes) => ['The quick brown fox jumps over the lazy dog. '.repeat(Math.ceil(bytes / 45)).slice(0, bytes - 4)],
  /** @param {number} bytes - Of these, 256 are binary. */
  recordsAndBinary: (bytes) => [...payloads.records(bytes - BINARY_BYTES), binary()],
  textAndBinary: (bytes) => [...payloads.text(bytes - BINARY_BYTES), binary()],
};

function binary() {
  return Uint8Array.from({ length: BINARY_BYTES }, (_, i) => (i * 37) & 255);
}
