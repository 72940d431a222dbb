/* The long-poll client where there is no `fetch`: an XMLHttpRequest as strict as that of IE10. */
import { Connection, json } from 'autostrada';
import { longPoll } from 'autostrada/longpoll';
import { msgpack } from 'autostrada/msgpack';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';
import { listening } from './listening.ts';
import { ScriptedHttp } from './scripted-http.ts';

const realFetch = globalThis.fetch;
let aborted: string[] = [];

class StrictXhr {
  onload: (() => void) | undefined;
  onerror: (() => void) | undefined;
  onloadend: (() => void) | undefined;
  status = 0;
  response: unknown = null;
  private url = '';
  private type = '';
  private isInclude = false;
  private readonly headers: { [name: string]: string } = {};
  private readonly controller = new AbortController();

  open(method: string, url: string, isAsync: boolean): void {
    expect([method, isAsync]).toEqual(['POST', true]);
    this.url = url;
  }

  set responseType(type: string) {
    this.expectOpen();
    this.type = type;
  }

  set withCredentials(isInclude: boolean) {
    this.expectOpen();
    this.isInclude = isInclude;
  }

  get responseText(): string {
    if (this.type !== '') throw new Error('InvalidStateError');
    return String(this.response);
  }

  setRequestHeader(name: string, value: string): void {
    this.expectOpen();
    this.headers[name] = value;
  }

  send(body: unknown): void {
    if (ArrayBuffer.isView(body)) throw new Error('IE10 sends no views');
    this.exchange(body as string | ArrayBuffer | null).then(
      () => this.onload?.(),
      () => {
        if (!this.controller.signal.aborted) this.onerror?.();
      },
    );
  }

  abort(): void {
    aborted.push(this.url);
    this.controller.abort();
    this.onloadend?.();
  }

  private async exchange(body: string | ArrayBuffer | null): Promise<void> {
    const { headers, isInclude } = this;
    const credentials = isInclude ? 'include' : 'same-origin';
    const answer = await realFetch(this.url, { method: 'POST', body, headers, credentials, signal: this.controller.signal });
    this.status = answer.status;
    this.response = this.type === 'arraybuffer' ? await answer.arrayBuffer() : await answer.text();
    this.onloadend?.();
  }

  private expectOpen(): void {
    if (this.url === '') throw new Error('InvalidStateError');
  }
}

beforeEach(() => {
  aborted = [];
  vi.stubGlobal('fetch', undefined);
  vi.stubGlobal('XMLHttpRequest', StrictXhr);
});
afterEach(() => vi.unstubAllGlobals());

test.each([
  ['json', json],
  ['msgpack', msgpack],
])('[C83] calls and events work by XMLHttpRequest in %s, batched or not', async (_, serializer) => {
  const { listener, router } = await listening();
  for (const batched of [true, false]) {
    const connection = new Connection({
      url: longPoll(`http://127.0.0.1:${listener.port}/lp`, { batched, credentials: 'include' }),
      realm: 'realm1',
      serializers: [serializer()],
    });
    await connection.register('com.example.echo', (args) => args[0]).ready;
    const bytes = new Uint8Array(300).map((_, i) => i);
    expect(await connection.call('com.example.echo', [bytes])).toEqual(bytes);
    const texts = ['ä', '€', '😀'].map((text) => connection.call('com.example.echo', [text]));
    expect(await Promise.all(texts)).toEqual(['ä', '€', '😀']);
    await connection.close();
  }
  await expect.poll(() => router.sessions).toEqual([]);
});

test('[C83] a request that fails or is cancelled ends as with fetch', async () => {
  const never = new AbortController().signal;
  const refused = Promise.resolve(longPoll('http://127.0.0.1:1/lp').connect({ serializers: [json()], signal: never }));
  expect(await failure(refused)).toMatchObject({ name: 'TransportError', uri: 'wamp.error.network_failure' });

  const http = await ScriptedHttp.start();
  const controller = new AbortController();
  const connecting = Promise.resolve(longPoll(http.url).connect({ serializers: [json()], signal: controller.signal }));
  const open = await http.next('open');
  controller.abort(new Error('given up'));
  await expect(connecting).rejects.toThrow('given up');
  await expect.poll(() => open.isOver).toBe(true);
  expect(aborted).toContain(`${http.url}/open`);
});

test('[C83] the error says that neither fetch nor XMLHttpRequest exists', async () => {
  vi.stubGlobal('XMLHttpRequest', undefined);
  const connection = new Connection({ url: longPoll('http://127.0.0.1:1/lp'), realm: 'realm1', retry: false });
  connection.on('status', () => {});
  onTestFinished(() => connection.close());
  await expect(connection.open()).rejects.toThrow('this platform has neither fetch nor XMLHttpRequest');
});
