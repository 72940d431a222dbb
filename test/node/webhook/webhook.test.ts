/* Events as webhooks: how they are signed, tried again, and given up. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Connection } from 'autostrada';
import { type WebhookOptions, webhook } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';

const key = Buffer.alloc(32, 7);
const secret = `whsec_${key.toString('base64')}`;

interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function hooking(
  options: Partial<WebhookOptions> = {},
  answer: (response: ServerResponse, count: number) => void = (r) => void r.end(),
) {
  const posted: Posted[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    posted.push({ headers: request.headers, body });
    answer(response, posted.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const router = new Router({ realms: { realm1: 'open' } });
  const connection = new Connection({ url: router, realm: 'realm1' });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const hook = webhook(connection, { topic: 'com.example.', match: 'prefix', url, secret, retryMs: [1, 1], ...options });
  await hook.ready;
  const other = new Connection({ url: router, realm: 'realm1' });
  const dead: unknown[] = [];
  await other.subscribe('org.dead', ([letter]) => void dead.push(letter)).ready;
  onTestFinished(async () => {
    await hook.close();
    await Promise.all([connection.close(), other.close()]);
    await router.close();
    server.closeAllConnections();
    server.close();
  });
  return { posted, hook, other, dead };
}

describe('[K6] a webhook', () => {
  test('posts each event, signed as Standard Webhooks has it', async () => {
    const { posted, other, hook } = await hooking();
    const { id } = await other.publish('com.example.order', [1, new Uint8Array([1, 2])], { a: 'ö' }, { acknowledge: true });
    await expect.poll(() => [posted.length, hook.pending]).toEqual([1, 0]);
    const { headers = {}, body = '' } = posted[0] ?? {};
    expect(JSON.parse(body)).toEqual({
      type: 'com.example.order',
      timestamp: expect.stringMatching(/^\d{4}-/),
      data: { args: [1, '\0AQI='], kwargs: { a: 'ö' } },
    });
    expect([headers['content-type'], headers['webhook-id']]).toEqual(['application/json', `msg_${id}`]);
    const signed = `msg_${id}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  });

  test('tries again until it is taken, with the same id', async () => {
    const { posted, other, hook, dead } = await hooking({ deadLetter: 'org.dead' }, (response, count) => {
      if (count === 1) response.destroy();
      else response.writeHead(count === 2 ? 503 : 204).end();
    });
    await other.publish('com.example.order', [1], null, { acknowledge: true });
    await expect.poll(() => [posted.length, hook.pending]).toEqual([3, 0]);
    expect(new Set(posted.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(dead).toEqual([]);
  });

  test.each([
    ['after the last attempt', 500, 3],
    ['at once after 410', 410, 1],
    ['after a redirect, which it does not follow', 302, 3],
  ])('publishes what could not be delivered: %s', async (_, status, attempts) => {
    const { posted, other, dead } = await hooking({ deadLetter: 'org.dead' }, (response) => {
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    const { id } = await other.publish('com.example.order', [1], { a: 2 }, { acknowledge: true });
    await expect.poll(() => dead.length).toBe(1);
    expect(posted.length).toBe(attempts);
    expect(dead[0]).toMatchObject({
      id: `msg_${id}`,
      topic: 'com.example.order',
      args: [1],
      kwargs: { a: 2 },
      why: `status ${status}`,
    });
  });

  test('is bounded: what comes beyond it is given up, and so is all that waits when it closes', async () => {
    const { other, hook, dead } = await hooking({ deadLetter: 'org.dead', maxPending: 2 }, () => {});
    for (let i = 0; i < 3; i++) await other.publish('com.example.order', [i], null, { acknowledge: true });
    await expect.poll(() => dead.length).toBe(1);
    expect(dead[0]).toMatchObject({ args: [2], why: 'too many events wait' });
    await hook.close();
    await expect.poll(() => [dead.length, hook.pending]).toEqual([3, 0]);
  });

  test.each<[object, string]>([
    [{ url: 'ftp://x' }, 'expected url of webhook to be a URL with http: or https:'],
    [{ secret: 'short' }, "expected secret of webhook to be 'whsec_' and base64 of 24 to 64 bytes, got a text of 5 characters"],
    [{ topic: 'a..b c' }, 'expected topic of webhook to be a URI'],
    [{ retryMs: [0] }, 'expected retryMs of webhook to be a list of milliseconds'],
    [{ topics: 'x' }, "got 'topics'; did you mean 'topic'?"],
    [{ secret: undefined }, 'expected secret of webhook, got nothing'],
  ])('refuses %j', (options, text) => {
    const given = { topic: 'a', url: 'http://x', secret, ...options };
    const connection = new Connection({ url: new Router({ realms: { realm1: 'open' } }), realm: 'realm1' });
    expect(() => webhook(connection, given)).toThrow(text);
  });
});
