/* Counters of the metrics go on when the options of ops change: for Prometheus a counter that falls is a restart. */
import { Connection } from 'autostrada';
import { type ListenOptions, listen } from 'autostrada/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { get, listening } from './listening.ts';

type Ops = ListenOptions['ops'];

async function metricsOf(url: string | undefined): Promise<string> {
  return (await get(Number(new URL(url ?? '').port), '/metrics')).body;
}

/** All samples of counters: name and labels, and the value. */
function counters(text: string): ReadonlyMap<string, number> {
  const names = [...text.matchAll(/^# TYPE (autostrada_\S+) (?:counter|histogram)$/gm)].map(([, name = '']) => name);
  const lines = text.split('\n').filter((line) => names.some((name) => line.startsWith(name)));
  return new Map(lines.map((line) => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]));
}

describe('[L2] counters', () => {
  test.each<[change: string, ops: Ops]>([
    ['another port', { port: 0, host: '127.0.0.1' }],
    ['procedures, where there were none', { port: 0, procedures: ['com.example.add'] }],
    ['other procedures', { port: 0, procedures: ['com.shop.'] }],
    ['a pause without metrics', { port: 0, metrics: false }],
  ])('do not fall at a change: %s', async (_, ops) => {
    for (const first of [{ port: 0 }, { port: 0, procedures: ['com.example.add', 'com.example.'] }] satisfies readonly Ops[]) {
      const { listener } = await listening({ ops: first });
      const connection = new Connection({ url: listener.url, realm: 'realm1' });
      onTestFinished(() => connection.close());
      const uris = ['com.example.add', 'com.example.sub', 'com.shop.x'];
      for (const uri of uris) await connection.register(uri, () => 1).ready;
      let before: ReadonlyMap<string, number> = new Map();
      const changes: readonly Ops[] = [first, ops, first];
      for (const present of changes) {
        await listener.change({ ops: present });
        for (const uri of uris) await connection.call(uri);
        if (present?.metrics === false) continue;
        const now = counters(await metricsOf(listener.opsUrl));
        const fallen = [...before].filter(([name, value]) => (now.get(name) ?? 0) < value);
        expect(fallen).toEqual([]);
        before = now;
      }
      const calls = [...before].filter(([name]) => name.startsWith('autostrada_calls_total'));
      expect(calls.reduce((sum, [, value]) => sum + value, 0)).toBe(ops?.metrics === false ? 6 : 9);
      expect(before.get('autostrada_sessions_begun_total{realm="realm1",authrole="anonymous"}')).toBe(1);
    }
  });

  test('of two ports of a router are the same, with the procedures of both', async () => {
    const { router, listener } = await listening({ ops: { port: 0, procedures: ['com.example.add'] } });
    const other = await listen(router, { port: 0, ops: { port: 0, procedures: ['com.shop.'] } });
    onTestFinished(() => other.close());
    const connection = new Connection({ url: listener.url, realm: 'realm1' });
    onTestFinished(() => connection.close());
    for (const uri of ['com.example.add', 'com.shop.x']) {
      await connection.register(uri, () => 1).ready;
      await connection.call(uri);
    }
    for (const url of [listener.opsUrl, other.opsUrl]) {
      const procedures = [...(await metricsOf(url)).matchAll(/^autostrada_calls_total\{.*procedure="([^"]*)"/gm)].map(
        ([, uri]) => uri,
      );
      expect(procedures.sort()).toEqual(['com.example.add', 'com.shop.']);
    }
  });
});
