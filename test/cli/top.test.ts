/* `autostrada top`, from dist/. */
import { Connection } from 'autostrada';
import type { TopNews } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startUp } from './up-bench.ts';

const config = {
  realms: { shop: { anonymous: 'guest', authroles: { guest: { permissions: 'all' } } }, other: 'open' },
  components: {},
};

describe.skipIf(process.platform === 'win32')('autostrada top', { timeout: 60_000 }, () => {
  test('[M4] shows what sessions do in a second, and what they have', async () => {
    const up = await startUp(config);
    const connect = async (realm: string): Promise<Connection> => {
      const connection = new Connection({ url: up.url, realm });
      onTestFinished(() => connection.close());
      await connection.open();
      return connection;
    };
    const [busy, quiet] = [await connect('shop'), await connect('shop'), await connect('other')];
    await quiet.register('com.example.hang', () => new Promise(() => {})).ready;
    await quiet.subscribe('com.example.news', () => {}).ready;
    busy.call('com.example.hang').catch(() => {});
    const timer = setInterval(() => busy.publish('com.example.news'), 5);
    onTestFinished(() => clearInterval(timer));
    const { code, stdout, stderr } = await up.also('top', '--count', '2', '--every', '300', '--in', 'shop', '-n', '1').ended;
    expect([code, stderr]).toEqual([0, '']);
    const looks: TopNews[] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(looks).toHaveLength(2);
    for (const { afterMs, count, sessions, perSecond, stats } of looks) {
      expect(afterMs).toBeGreaterThan(0);
      expect(count).toBe(2);
      expect(stats).toMatchObject({ sessions: expect.any(Number), calls: 1 });
      expect(perSecond.messagesIn).toBeGreaterThan(0);
      expect(sessions).toMatchObject([
        {
          realm: 'shop',
          authrole: 'guest',
          transport: 'websocket',
          serializer: 'json',
          peer: expect.stringContaining('127.0.0.1'),
        },
      ]);
      expect(Math.max(sessions[0]?.perSecond.messagesIn ?? 0, sessions[0]?.perSecond.messagesOut ?? 0)).toBeGreaterThan(0);
      expect(JSON.stringify(sessions)).toContain('"agent":"autostrada"');
    }
    const table = await up.also('top', '--count', '1', '--every', '300', '--order', 'calls', '--output', 'pretty').ended;
    const [head, second, blank, headings, ...rows] = table.stdout.split('\n');
    expect(head).toMatch(/^\d\d:\d\d:\d\d {2}sessions \d+ {2}calls 1 {2}subscriptions \d+ {2}registrations \d+$/);
    expect(second).toMatch(/^in [\d.]+\/s \(.*B\/s\) {2}out /);
    expect([blank, headings?.split(/ +/).slice(0, 4)]).toEqual(['', ['SESSION', 'AUTHID', 'AUTHROLE', 'REALM']]);
    expect(rows.filter((row) => / (shop|other) /.test(row))).toHaveLength(3);
  });

  test.each<[string, readonly string[], string]>([
    ['a URI', ['com.x'], "expected options only, got 'com.x'"],
    ['another order', ['--order', 'age'], 'expected --order to be messages, bytes'],
    ['too short a time', ['--every', '1'], 'expected everyMs of top to be an integer from 250 to 60000, got 1'],
    ['too many', ['--limit', '5000'], 'expected limit of top to be an integer from 1 to 1000, got 5000'],
  ])('[M4] given %s says what it expects', async (_, args, text) => {
    const up = await startUp(config);
    const { stderr, code } = await up.also('top', ...args).ended;
    expect(stderr).toContain(text);
    expect(code).not.toBe(0);
  });
});
