/* The hooks of docs/guide/browsers.md, with stand-ins for React's: effects run as StrictMode runs them. */
import { readFileSync } from 'node:fs';
import { Connection, type ConnectionOptions } from 'autostrada';
import { Router } from 'autostrada/router';
import { expect, test } from 'vitest';

const page = readFileSync(new URL('../../docs/guide/browsers.md', import.meta.url), 'utf8');
const [code = ''] = /(?<=^```js\n)import \{ useEffect[\s\S]*?(?=^```$)/m.exec(page) ?? [];

interface Hooks {
  readonly connection: Connection;
  useTopic(topic: string): unknown;
  useConnectionState(): string;
}

test('[H12] the hooks for React get events once, in StrictMode too, and the status of the connection', async () => {
  const router = new Router({ realms: { realm1: 'open' } });
  class ToRouter extends Connection {
    constructor(options: ConnectionOptions) {
      super({ ...options, url: router });
    }
  }
  const seen: unknown[] = [];
  const states: string[] = [];
  let end: () => void = () => {};
  const useEffect = (effect: () => () => void): void => {
    effect()();
    end = effect();
  };
  const useState = (): unknown => [undefined, (value: unknown) => seen.push(value)];
  const useSyncExternalStore = (subscribe: (changed: () => void) => () => void, snapshot: () => string): string => {
    subscribe(() => states.push(snapshot()));
    return snapshot();
  };
  const body = `${code.replace(/^import .*$/gm, '')}; return { connection, useTopic, useConnectionState };`;
  const make = new Function('Connection', 'useEffect', 'useState', 'useSyncExternalStore', body);
  const { connection, useTopic, useConnectionState }: Hooks = make(ToRouter, useEffect, useState, useSyncExternalStore);

  expect(useConnectionState()).toBe('idle');
  useTopic('com.example.news');
  await connection.open();
  const publisher = await new Connection({ url: router, realm: 'realm1' }).open();
  await publisher.publish('com.example.news', ['hello'], null, { acknowledge: true });
  end();
  await connection.call('wamp.session.count'); // behind the UNSUBSCRIBE
  await publisher.publish('com.example.news', ['gone'], null, { acknowledge: true });
  await connection.close();
  expect(seen).toEqual(['hello']);
  expect(states).toEqual(['connecting', 'joined', 'closed']);
  await router.close();
});
