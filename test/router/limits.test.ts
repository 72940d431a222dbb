import { readFileSync } from 'node:fs';
import { Router, type RouterConfig } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { numbers } from '../../src/router/limits/limits.ts';

const make = (limits: unknown) => () => new Router({ realms: {}, limits } as RouterConfig);

describe('the limits of a configuration', () => {
  test('[G2] [R84] have defaults', () => {
    const { limits } = new Router({ realms: {} });
    expect(limits).toMatchObject({
      maxMessageBytes: 1_048_576,
      joinTimeoutMs: 10_000,
      maxQueuedBytes: 4_194_304,
      onQueueFull: 'close',
      maxSessions: 10_000,
    });
    for (const [name, row] of Object.entries(numbers)) expect(limits).toHaveProperty(name, row.default);
    expect(new Router({ realms: {}, limits: { joinTimeoutMs: undefined } }).limits.joinTimeoutMs).toBe(10_000);
  });

  test('[G2] [R84] are used as they are given', () => {
    const limits = { maxMessageBytes: 100, joinTimeoutMs: 5, onQueueFull: 'drop-events' } as const;
    expect(new Router({ realms: {}, limits }).limits).toMatchObject(limits);
  });

  test.each(Object.entries(numbers))(
    '[G2] include %s, an integer within its range, or a TypeError',
    (name, { minimum, maximum, unit }) => {
      for (const limit of [minimum, maximum]) expect(make({ [name]: limit })().limits).toHaveProperty(name, limit);
      const wrong = [minimum - 1, maximum + 1, -1, 0.5, minimum + 0.5, Number.NaN, Infinity, -Infinity];
      for (const limit of wrong) {
        expect(make({ [name]: limit })).toThrow(TypeError);
        const text = `config.limits.${name}: expected an integer from ${minimum} to ${maximum} (${unit}), got ${limit}`;
        expect(make({ [name]: limit })).toThrow(text);
      }
      expect(make({ [name]: '1000' })).toThrow('got "1000"');
      expect(make({ [name]: null })).toThrow('got null');
      expect(make({ [name]: [1000] })).toThrow('got [1000]');
      expect(make({ [name]: 1000n })).toThrow('got bigint');
    },
  );

  test('[G2] keep a message within what the transports below can count', () => {
    const batch = 2;
    expect(numbers.maxMessageBytes.maximum * batch).toBeLessThan(2 ** 31);
  });

  test.each([
    [5, 'config.limits: expected an object, got 5'],
    [{ onQueueFull: 'wait' }, 'config.limits.onQueueFull: expected "close" or "drop-events", got "wait"'],
    [
      { maxMessages: 1 },
      'config.limits: expected onQueueFull, maxMessageBytes, maxHelloBytes, joinTimeoutMs, maxQueuedBytes, maxTotalQueuedBytes',
    ],
    [{ maxMessages: 1 }, "got 'maxMessages'"],
    [{ constructor: 1 }, "got 'constructor'"],
  ])('[G2] cannot be %j', (limits, text) => {
    expect(make(limits)).toThrow(TypeError);
    expect(make(limits)).toThrow(text);
  });

  test('[G2] have a row each in the guide', () => {
    const guide = readFileSync(new URL('../../docs/guide/router.md', import.meta.url), 'utf8');
    for (const name of [...Object.keys(numbers), 'onQueueFull']) expect(guide).toContain(`\n| \`${name}\` |`);
  });
});
