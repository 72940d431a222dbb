/* What is carried in the bench of payloads. Sizes are of JSON, about. */
export const sizes = { '64 B': 64, '1 KB': 1024, '16 KB': 16_384 };

export const payloads = {
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
};
