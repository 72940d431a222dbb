/* The guides to typed contracts and to middleware: their JavaScript runs, with the real OpenTelemetry behind it, as an SDK would set it up. */
import { AsyncLocalStorage } from 'node:async_hooks';
import * as diagnosticsChannel from 'node:diagnostics_channel';
import * as openTelemetry from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core'; // Apache-2.0, kept by the OpenTelemetry project, as are api and sdk
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import * as node from 'autostrada/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as zod from 'zod';
import { examplesOf } from '../fixtures/guide.ts';

const { context, propagation, ROOT_CONTEXT, trace } = openTelemetry;
const exporter = new InMemorySpanExporter();

beforeAll(() => {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const store = new AsyncLocalStorage<openTelemetry.Context>();
  context.setGlobalContextManager({
    active: () => store.getStore() ?? ROOT_CONTEXT,
    with: (active, work, thisArg, ...args) => store.run(active, () => work.apply(thisArg, args)),
    bind: (_, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
});
afterAll(() => {
  for (const api of [trace, propagation, context]) api.disable();
});

const more = {
  'autostrada/node': node,
  zod,
  '@opentelemetry/api': openTelemetry,
  'node:diagnostics_channel': diagnosticsChannel,
};
const examples = ['typed-contracts.md', 'middleware.md'].flatMap((page) =>
  examplesOf(page, more).map((example, i) => ({ ...example, name: `${page} ${i + 1}` })),
);

test('the guides to typed contracts and middleware show six examples', () => expect(examples.length).toBe(6));

test.each(examples)('[N12] [N14] $name does what its comments say', async ({ run, promised }) => {
  expect(promised.length).toBeGreaterThan(0);
  expect(await run()).toEqual(promised);
});

test('[N14] one trace goes through caller, router and callee', () => {
  const spans = exporter.getFinishedSpans();
  const [checkout, call, invocation] = ['checkout', 'call com.example.add', 'invocation com.example.add'].map((name) =>
    spans.find((span) => span.name === name),
  );
  expect(call?.parentSpanContext?.spanId).toBe(checkout?.spanContext().spanId);
  expect(invocation?.parentSpanContext?.spanId).toBe(call?.spanContext().spanId);
  expect(new Set([checkout, call, invocation].map((span) => span?.spanContext().traceId)).size).toBe(1);
  expect(invocation?.kind).toBe(openTelemetry.SpanKind.SERVER);
});
