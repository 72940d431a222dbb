/* An honest program without WAMP: it calls by the HTTP bridge, again and again, and gets its own answers. */
import { request } from 'node:http';

export interface HonestHttp {
  readonly port: number;
  readonly localAddress: string;
  readonly secret: string;
  readonly boundMs: number;
}

/** Calls once. @returns What was wrong; undefined: nothing. */
export function callByHttp({ port, localAddress, secret, boundMs }: HonestHttp, value: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = {
      host: '127.0.0.1',
      port,
      localAddress,
      path: '/call/honest.echo',
      method: 'POST',
      agent: false,
      auth: `honest:${secret}`,
      headers: { 'content-type': 'application/json', 'idempotency-key': `"honest-${value}"` },
    };
    const sent = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', () => resolve('the answer was cut off'));
      response.on('end', () => {
        const expected = JSON.stringify({ args: [secret, value], kwargs: {} });
        resolve(response.statusCode === 200 && text === expected ? undefined : `${response.statusCode} ${text.slice(0, 200)}`);
      });
    });
    sent.setTimeout(boundMs, () => sent.destroy(new Error('silence')));
    sent.on('error', (error) => resolve(error.message));
    sent.end(JSON.stringify([secret, value]));
  });
}
