/*
 * The packages of NATS. They are loaded when a router joins, so that a program without a cluster needs none of them, nor does whoever bundles it.
 */
import type { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { Kvm } from '@nats-io/kv';
import type { connect, credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node';

export interface NatsPackages {
  readonly connect: typeof connect;
  readonly credsAuthenticator: typeof credsAuthenticator;
  readonly nkeyAuthenticator: typeof nkeyAuthenticator;
  readonly jetstream: typeof jetstream;
  readonly jetstreamManager: typeof jetstreamManager;
  readonly Kvm: typeof Kvm;
}

/** @throws Error if one of them is not installed. */
export async function loadPackages(): Promise<NatsPackages> {
  try {
    // Within `try` they are optional for bundlers.
    const [{ connect, credsAuthenticator, nkeyAuthenticator }, { jetstream, jetstreamManager }, { Kvm }] = [
      await import('@nats-io/transport-node'),
      await import('@nats-io/jetstream'),
      await import('@nats-io/kv'),
    ];
    return { connect, credsAuthenticator, nkeyAuthenticator, jetstream, jetstreamManager, Kvm };
  } catch (error) {
    const text =
      'a cluster needs the packages @nats-io/transport-node, @nats-io/jetstream and @nats-io/kv: npm install them beside autostrada';
    throw new Error(text, { cause: error });
  }
}
