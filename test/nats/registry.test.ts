/* The registry of a cluster in JetStream: compare-and-set. */
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import type { Registry } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { kvRegistry } from '../../src/nats/registry.ts';
import { hasNats, skipLoudlyWithoutNats, startNats } from '../fixtures/nats-server.ts';

skipLoudlyWithoutNats();

async function registries(count: number): Promise<readonly Registry[]> {
  const server = await startNats();
  onTestFinished(() => server.stop());
  const connection = await connect({ servers: server.url });
  onTestFinished(() => connection.close());
  const bucket = await new Kvm(jetstream(connection)).create('test', { history: 1, allow_direct: false });
  return Array.from({ length: count }, (_, i) =>
    kvRegistry({ bucket, node: `node${i}`, opened: Promise.resolve(), isOver: () => false, failed: () => {} }),
  );
}

describe.runIf(hasNats)('[L3] the registry over NATS', { timeout: 60_000 }, () => {
  test('changes an entry only if it is the one that was seen, whatever was read before', async () => {
    const [one, two] = await registries(2);
    if (!one || !two) throw new Error('no registries');
    const first = await one.set('com.example ä*.>', 'one', 0);
    expect(first).toBeGreaterThan(0);
    expect(await two.get('com.example ä*.>')).toEqual({ value: 'one', revision: first });
    expect(await two.set('com.example ä*.>', 'two', 0)).toBeUndefined(); // there is one
    expect(await one.get('com.example ä*.>')).toEqual({ value: 'one', revision: first });
    const second = await two.set('com.example ä*.>', 'two', first ?? 0);
    expect(second).toBeGreaterThan(first ?? 0);
    expect(await one.set('com.example ä*.>', 'late', first ?? 0)).toBeUndefined();
    expect(await one.set('com.example ä*.>', undefined, first ?? 0)).toBeUndefined();
    expect(await one.set('com.example ä*.>', undefined, second ?? 0)).toBeDefined();
    expect(await two.get('com.example ä*.>')).toBeUndefined();
    expect(await two.set('com.example ä*.>', 'late', second ?? 0)).toBeUndefined();
    expect(await two.get('com.example ä*.>')).toBeUndefined();
    expect(await two.set('com.example ä*.>', 'again', 0)).toBeGreaterThan(second ?? 0);
    expect((await one.get('com.example ä*.>'))?.value).toBe('again');
  });

  test('of 50 that make an entry at once one succeeds', async () => {
    const all = await registries(50);
    const made = await Promise.all(all.map((each, i) => each.set('com.example.one', String(i), 0)));
    expect(made.filter((revision) => revision !== undefined).length).toBe(1);
  });
});
