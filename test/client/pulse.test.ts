/* Which bytes are a sign of life, and how long a large message may take where the platform does not tell. */
import { batched, json } from 'autostrada';
import { describe, expect, it } from 'vitest';
import { Pulse } from '../../src/client/features/liveness/pulse.ts';
import type { KernelSession } from '../../src/client/kernel/kernel.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { memoryPair } from '../../src/transport/memory.ts';

/** A line whose numbers are in the test's hands. */
function line(transport: { receivedBytes?: number | undefined; unsentBytes?: number | undefined } = {}) {
  const clock = new ManualClock();
  const link = { sentBytes: 0, largeBytes: 0, transport: { bufferedBytes: 0, ...transport } };
  const session = { link, heardAt: 0 };
  const pulse = new Pulse(clock, session as unknown as KernelSession, 'com.test.probe');
  let { moved } = pulse;
  const hasMoved = (): boolean => {
    const before = moved;
    ({ moved } = pulse);
    return moved !== before;
  };
  /** A message is sent, and so much of it stays here. */
  const send = (bytes: number, stays = bytes): void => {
    link.sentBytes += bytes;
    link.transport.bufferedBytes += stays;
  };
  return { clock, link, transport: link.transport, pulse, hasMoved, send };
}

describe('moving bytes', () => {
  it('[H7] mean that the connection is alive when they come, even inside one message', () => {
    const { transport, hasMoved } = line({ receivedBytes: 10 });
    expect(hasMoved()).toBe(false);
    transport.receivedBytes = 11;
    expect([hasMoved(), hasMoved()]).toEqual([true, false]);
  });

  it('[H7] mean that it is alive while waiting bytes are sent, even if more are added', () => {
    const { transport, hasMoved, send } = line();
    send(1000);
    expect(hasMoved()).toBe(false);
    transport.bufferedBytes -= 10;
    send(5000);
    expect([hasMoved(), hasMoved()]).toEqual([true, false]);
  });

  it('[H7] mean that it is alive while one write continues, which counts as a whole until its end', () => {
    const { transport, hasMoved, send } = line({ unsentBytes: 0 });
    send(1000);
    transport.unsentBytes = 900;
    expect(hasMoved()).toBe(false);
    transport.unsentBytes = 800;
    expect([hasMoved(), hasMoved()]).toEqual([true, false]);
  });

  it('[H7] do not mean that it is alive if the system only takes or holds them', () => {
    const { hasMoved, send } = line();
    for (let i = 0; i < 5; i++) {
      send(100, 0);
      expect(hasMoved()).toBe(false);
    }
    for (let i = 0; i < 5; i++) {
      send(100);
      expect(hasMoved()).toBe(false);
    }
  });
});

describe('the time for a large message', () => {
  it('[H7] is that of a slow network if the platform does not report its progress, and zero otherwise', () => {
    const { send, pulse, transport } = line();
    send(25_000_000);
    expect(pulse.neededMs).toBeGreaterThan(50_000); // at 0.5 MB/s
    expect(pulse.neededMs).toBeLessThan(600_000);
    transport.unsentBytes = 5;
    expect(pulse.neededMs).toBe(0);
    transport.unsentBytes = undefined;
    transport.bufferedBytes = 0;
    expect(pulse.neededMs).toBe(0);
  });

  it('[H7] is shorter on a network that was seen to be fast', async () => {
    const { clock, send, pulse, transport, hasMoved } = line();
    send(25_000_000);
    hasMoved();
    const before = pulse.neededMs;
    await clock.advance(10_000);
    transport.bufferedBytes = 0;
    hasMoved();
    send(25_000_000);
    expect(pulse.neededMs).toBeLessThan(before / 5);
    expect(pulse.neededMs).toBeGreaterThan(30_000);
  });
});

it('[H7] the end of a large message, which the system has taken, gets the time that it needs', () => {
  const { link, pulse } = line({ unsentBytes: 0 });
  link.largeBytes += 3_000_000;
  expect(pulse.neededMs).toBeGreaterThan(6000);
  const { neededMs } = pulse;
  link.largeBytes += 3_000_000_000;
  expect(pulse.neededMs).toBeLessThan(4 * neededMs);
  link.largeBytes = 0; // something came
  expect(pulse.neededMs).toBe(0);
});

it('[H7] a transport of batches reports what its inner transport reports, and pings with it', async () => {
  const [plain] = memoryPair(json());
  expect(batched(json()).unbatch(plain).ping).toBeUndefined();
  const ping = (answered: () => void): void => answered();
  const line = batched(json()).unbatch(Object.assign(plain, { receivedBytes: 5, unsentBytes: 6, ping }));
  expect(line).toMatchObject({ receivedBytes: 5, unsentBytes: 6 });
  await new Promise<void>((resolve) => line.ping?.(resolve));
});
