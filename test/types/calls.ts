/*
 * What the types of progressive calls must accept, infer and refuse. Compiled, never run.
 */
import { type Connection, type InvocationDetails, Result } from 'autostrada';
import type { ShopApi } from './shop-api.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function type<T>(value: T): { is<U>(same: Equal<T, U>): void };

interface FilesApi {
  procedures: {
    'com.files.upload': { args: [name: string]; input: Uint8Array; progress: number; result: { sha256: string } };
    'com.files.chat': { input: Result<[text: string], { to: string }>; progress: Result<[text: string], { from: string }> };
  };
}
declare const files: Connection<FilesApi>;
declare const shop: Connection<ShopApi>;
declare const untyped: Connection;
declare const chunks: AsyncIterable<Uint8Array>;
declare const text: string;

// ── the caller
type(await files.call('com.files.upload', ['a'], null, { inputsFrom: chunks, maxInputsAhead: 8 })).is<{ sha256: string }>(true);
files.call('com.files.upload', ['a'], null, { inputsFrom: [new Uint8Array(1)], onProgress: (n) => type(n).is<number>(true) });
files.call('com.files.chat', [], null, {
  inputsFrom: [new Result(['hi'], { to: 'joe' })],
  onProgress: (said) => type(said.kwargs.from).is<string>(true),
});
untyped.call('com.any', [], null, { inputsFrom: [1, 'two', null] });
// @ts-expect-error not what the contract says an input is
files.call('com.files.upload', ['a'], null, { inputsFrom: ['text'] });
// @ts-expect-error not an iterable
files.call('com.files.upload', ['a'], null, { inputsFrom: 1 });
// @ts-expect-error this procedure takes no inputs
shop.call('com.shop.price', ['a1'], null, { inputsFrom: [1] });
// @ts-expect-error a number
files.call('com.files.upload', ['a'], null, { inputsFrom: chunks, maxInputsAhead: text });

// ── the callee
files.register('com.files.upload', async function* ([name], _kwargs, { furtherInputs }) {
  let received = name.length;
  for await (const chunk of furtherInputs) {
    type(chunk).is<Uint8Array>(true);
    received += chunk.byteLength;
    yield received;
  }
  return { sha256: '' };
});
files.register('com.files.upload', async ([name], _kwargs, { furtherInputs, sendProgress }) => {
  for await (const chunk of furtherInputs) sendProgress(chunk.byteLength);
  return { sha256: name };
});
shop.register('com.shop.report.build', async function* () {
  yield 0.5;
  return { rows: 1, csv: '' };
});
untyped.register('com.any', async function* ([to]: [number], _kwargs, { furtherInputs }) {
  for await (const input of furtherInputs) type(input).is<unknown>(true);
  yield to;
});
untyped.register('com.any', ([a]: [number], _kwargs, details: InvocationDetails<string>) => details.sendProgress(String(a)));
// @ts-expect-error progress is a number
files.register('com.files.upload', async function* () {
  yield 'half';
  return { sha256: '' };
});
// @ts-expect-error the result is missing
files.register('com.files.upload', async function* () {
  yield 1;
});
// @ts-expect-error progress is a number
files.register('com.files.upload', (_args, _kwargs, { sendProgress }) => ({ sha256: `${sendProgress('half')}` }));
