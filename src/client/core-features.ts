/*
 * The features as `autostrada/core` gives them: with the types of what each brings, and the verbs that it adds to a connection.
 */
import type { Known } from '../base/options.ts';
import type { DurableSubscribeOptions } from './api/durable-options.ts';
import type { RegisterOptions } from './api/options.ts';
import { toResult, toValueOf } from './api/result.ts';
import { concurrency as concurrencyFeature } from './features/concurrency.ts';
import { defaults as defaultsFeature } from './features/defaults.ts';
import { durable as durableFeature } from './features/durable/feature.ts';
import { formerSessions as formerSessionsFeature } from './features/durable/former-sessions.ts';
import { recovery as recoveryFeature } from './features/durable/recovery.ts';
import { generators as generatorsFeature } from './features/generators.ts';
import { idle as idleFeature } from './features/idle.ts';
import { progressiveInputs as progressiveInputsFeature } from './features/inputs/feature.ts';
import { liveness as livenessFeature } from './features/liveness/feature.ts';
import { middleware as middlewareFeature } from './features/middleware/feature.ts';
import { offline as offlineFeature } from './features/offline/offline.ts';
import { page as pageFeature } from './features/page.ts';
import { payloadPassthru as payloadPassthruFeature } from './features/passthru.ts';
import { waitForCallee as waitForCalleeFeature } from './features/wait-for-callee.ts';
import { wireLog as wireLogFeature } from './features/wire-log.ts';
import type { AnyEndpoint, AnyHandler } from './kernel/callbacks.ts';
import type { Feature as KernelFeature, Standing, Verbs } from './kernel/kernel.ts';

/** The options that features bring, of connections and of verbs. */
export type FeatureOption =
  | 'contract'
  | 'defaults'
  | 'inputsFrom'
  | 'liveness'
  | 'maxConcurrency'
  | 'maxInputsAhead'
  | 'maxWaiting'
  | 'middleware'
  | 'offline'
  | 'passthru'
  | 'ppt_cipher'
  | 'ppt_keyid'
  | 'ppt_scheme'
  | 'ppt_serializer'
  | 'recoverWith'
  | 'retryOnLoss'
  | 'waitForCalleeMs'
  | 'whenOffline'
  | 'wireLog';

/** What a feature adds, besides options: verbs of a connection, or a method of sessions. */
export type Addition = 'requests' | 'standing' | 'rtt' | 'idle';

/** A part of a client. `Options`: those that it brings. `Adds`: verbs or methods. `Needs`: what another feature has to add. */
export interface Feature<
  Options extends FeatureOption = FeatureOption,
  Adds extends Addition = Addition,
  Needs extends Addition = never,
> {
  readonly name: string;
  /** Never there; carries the types. */
  readonly '~brings'?: readonly [Options, Adds, Needs];
  /** @internal */
  readonly options?: Known;
  /** @internal */
  readonly call?: Known;
  /** @internal */
  readonly publish?: Known;
  /** @internal */
  readonly register?: Known;
  /** @internal */
  readonly subscribe?: Known;
  /** @internal */
  readonly install: KernelFeature['install'];
  /** The verbs of a connection. @internal */
  readonly '~verbs'?: (parts: { readonly requests: Verbs; readonly standing: Standing }) => object;
  /** The name of a feature that has to be there, too. @internal */
  readonly '~needs'?: string;
}

/** `call`, `callResult` and `publish` of a connection, which wait while there is no session: `offline`, `whenOffline`, `retryOnLoss`. */
export const offline: Feature<'offline' | 'whenOffline' | 'retryOnLoss', 'requests'> = /* @__PURE__ */ Object.assign(
  {
    '~verbs': ({ requests }: { readonly requests: Verbs }) => ({
      call: (...[procedure, args, kwargs, options]: Parameters<Verbs['call']> extends [unknown, ...infer Rest] ? Rest : never) =>
        requests.call(toValueOf, procedure, args, kwargs, options),
      callResult: (
        ...[procedure, args, kwargs, options]: Parameters<Verbs['call']> extends [unknown, ...infer Rest] ? Rest : never
      ) => requests.call(toResult, procedure, args, kwargs, options),
      publish: (...given: Parameters<Verbs['publish']>) => requests.publish(...given),
    }),
  },
  offlineFeature,
);

/** `subscribe` and `register` of a connection, for all sessions to come. */
export const durable: Feature<never, 'standing'> = /* @__PURE__ */ Object.assign(
  {
    '~verbs': ({ standing }: { readonly standing: Standing }) => ({
      subscribe: (topic: string, handler: AnyHandler, options?: DurableSubscribeOptions<readonly unknown[], object>) =>
        standing.subscribe(topic, handler, options),
      register: (procedure: string, endpoint: AnyEndpoint, options?: RegisterOptions) =>
        standing.register(procedure, endpoint, options),
    }),
  },
  durableFeature,
);

/** Of `durable`: a procedure that our own lost session still has is waited for. */
export const formerSessions: Feature<never, never, 'standing'> = /* @__PURE__ */ needing('durable', formerSessionsFeature);
/** Of `durable`: `recoverWith` makes a subscription whole after a gap. */
export const recovery: Feature<'recoverWith', never, 'standing'> = /* @__PURE__ */ needing('durable', recoveryFeature);
/** `waitForCalleeMs` of a call. */
export const waitForCallee: Feature<'waitForCalleeMs', never> = waitForCalleeFeature;
/** `defaults` of a connection: for calls that do not say otherwise. */
export const defaults: Feature<'defaults', never, 'requests'> = /* @__PURE__ */ needing('offline', defaultsFeature);
/** `middleware` and `contract`. */
export const middleware: Feature<'middleware' | 'contract', never> = middlewareFeature;
/** `passthru`, and the options `ppt_…`. */
export const payloadPassthru: Feature<'passthru' | 'ppt_scheme' | 'ppt_serializer' | 'ppt_cipher' | 'ppt_keyid', never> =
  payloadPassthruFeature;
/** `inputsFrom` of a call, `furtherInputs` of an invocation. */
export const progressiveInputs: Feature<'inputsFrom' | 'maxInputsAhead', never> = progressiveInputsFeature;
/** Endpoints that are generators: what they yield is progress. */
export const generators: Feature<never, never> = generatorsFeature;
/** `maxConcurrency` and `maxWaiting` of a registration. */
export const concurrency: Feature<'maxConcurrency' | 'maxWaiting', never> = concurrencyFeature;
/** Notices a connection on which nothing comes any more; `session.rtt()`. */
export const liveness: Feature<'liveness', 'rtt'> = livenessFeature;
/** Uses what a browser says about network and page. */
export const page: Feature<never, never> = pageFeature;
/** `session.idle()`. */
export const idle: Feature<never, 'idle'> = idleFeature;
/** `wireLog`, and `DEBUG`. */
export const wireLog: Feature<'wireLog', never> = wireLogFeature;

function needing<F extends KernelFeature>(needs: string, feature: F): F & { readonly '~needs': string } {
  return Object.assign({ '~needs': needs }, feature);
}
