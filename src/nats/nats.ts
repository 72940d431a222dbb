/*
 * An engine for routers on several machines: NATS carries the frames between them, the key-value store of JetStream is their registry, and streams have what is kept of events.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import { systemClock, within } from '../base/clock.ts';
import type { Engine, EngineEvents } from '../router/index.ts';
import { explain } from './api/errors.ts';
import { loadPackages, type NatsPackages } from './api/packages.ts';
import { NatsNode } from './nats-node.ts';
import type { NatsOptions } from './options.ts';
import { type NatsSettings, settle } from './settings.ts';
import { laterStore, type NatsStore, natsStore } from './store/nats-store.ts';

const DRAIN_MS = 2000;

/** The connection of one router, from its first join until it closes. */
interface Opened {
  readonly packages: NatsPackages;
  readonly connection: NatsConnection;
  readonly store: NatsStore;
}

/**
 * Joins routers on several machines to one. Needs `@nats-io/transport-node`, `@nats-io/jetstream` and `@nats-io/kv`, and a server of NATS, 2.9 or newer, with JetStream. Each
 * router needs an engine of its own.
 *
 * Whoever may use the subjects below `autostrada.` at that server has all rights in all realms: so TLS and credentials are compulsory, unless the server is on this machine.
 *
 * @example const router = new Router(config, { cluster: nats({ servers: 'tls://nats.example.com', credentials }) });
 * @throws TypeError for wrong options; it says what was expected and what came.
 */
export function nats(options: NatsOptions): Engine {
  const settings = settle(options);
  let events: EngineEvents | undefined;
  let opening: Promise<Opened> | undefined;
  let hasJoined = false;
  const opened = (): Promise<Opened> => {
    const warn = (message: string): void => events?.note({ level: 'warn', message });
    opening = opening ? opening.catch(() => open(settings, warn)) : open(settings, warn);
    return opening;
  };
  return {
    store: laterStore(async () => (await opened()).store),
    join: async (given) => {
      events = given;
      const { packages, connection } = await opened();
      try {
        const membership = await NatsNode.join(packages, connection, settings.node, given, hasJoined);
        hasJoined = true;
        return membership;
      } catch (error) {
        throw new Error(`cannot join the cluster at NATS ${settings.where}: ${explain(error)}`, { cause: error });
      }
    },
    close: async () => {
      const known = await opening?.catch(() => undefined);
      opening = undefined;
      if (!known) return;
      await known.store.close();
      await ended(known.connection);
    },
  };
}

/** What was sent still goes out, if the server is there. */
async function ended(connection: NatsConnection): Promise<void> {
  await within(systemClock, DRAIN_MS, connection.drain());
  await connection.close();
}

async function open({ where, connection: options, whyNot, node }: NatsSettings, warn: (text: string) => void): Promise<Opened> {
  const packages = await loadPackages();
  try {
    const connection = await packages.connect(options(packages));
    return { packages, connection, store: natsStore(packages, connection, { name: node.name, replicas: node.replicas, warn }) };
  } catch (error) {
    throw new Error(`cannot connect to NATS at ${where}: ${whyNot(error)}`, { cause: error });
  }
}
