/* Everything of one `autostrada up`: the router and its ports, the components, and their control. */
import { realpathSync } from 'node:fs';
import type { Component } from '../../node/components/component.ts';
import { realmsOf, settleComponents } from '../../node/components/settle-components.ts';
import { Supervisor } from '../../node/components/supervisor.ts';
import { type ListenConfig, type Listener, type LoadedFile, type ServeOptions, serve } from '../../node/index.ts';
import type { LogEntry } from '../../router/index.ts';
import type { Env } from '../running/login.ts';
import { messageOf } from '../text/usage.ts';
import { Control } from './control.ts';
import { openLocalControl } from './local-control.ts';
import { Identities, OwnConnections } from './own-access.ts';
import type { Printer } from './printer.ts';
import { offerReload, reloadOnHangup } from './reloading.ts';

export interface UpOptions {
  readonly loaded: LoadedFile;
  readonly components: readonly Component[];
  readonly printer: Printer;
  readonly env: Env;
  /** Changes what the file says about ports. */
  readonly ports: (ports: readonly ListenConfig[]) => readonly ListenConfig[];
  /** Changes what the file says about the store. */
  readonly store: ServeOptions['store'];
  readonly log: (entry: LogEntry) => void;
}

export interface RunningUp {
  readonly listeners: readonly Listener[];
  /** Components first, then the ports and the router. */
  close(options: { readonly goodbye?: false; readonly drainMs?: number }): Promise<void>;
}

/** `loadFile` has found no fault in them. */
export function componentsOf({ components, folder, router }: LoadedFile): readonly Component[] {
  return settleComponents(components, { folder, realms: realmsOf(router), path: 'config.components' }).components;
}

export async function startUp({ loaded, components, printer, env, ports, store, log }: UpOptions): Promise<RunningUp> {
  const identities = new Identities(components);
  let areReady = (): boolean => false;
  const served = await serve(loaded, {
    hooks: { log },
    router: (config) => identities.into(config),
    ports,
    store,
    isReady: () => areReady(),
  });
  const { router, listeners } = served;
  const own = new OwnConnections(router);
  const controls: Control[] = [];
  const local = await openLocalControl(env).catch((error: unknown) => {
    printer.note('warn', `autostrada ps, restart and logs need a login: ${messageOf(error)}`);
    return undefined;
  });
  const closeAll: RunningUp['close'] = async ({ drainMs = 0, ...goodbye }) => {
    if (drainMs > 0) await router.drain(drainMs);
    await supervisor.close();
    await own.close();
    await Promise.all([local?.close(), served.close(goodbye)]);
  };
  const address = addressesFor(listeners);
  const supervisor = new Supervisor(components, {
    isRegistered: (realm, procedure) => own.isRegistered(realm, procedure),
    environmentOf: (component) => ({ ...inherited(env), ...address, ...identityOf(component, identities) }),
    moduleCommand: (module) => [process.execPath, realpathSync(process.argv[1] ?? ''), 'run', module],
    changed: (info) => {
      printer.changed(info);
      for (const control of controls) control.changed(info);
    },
    said: (name, line) => {
      printer.said(name, line);
      for (const control of controls) control.said(name, line);
    },
    warn: (text) => printer.note('warn', text),
  });
  try {
    if (local) controls.push(new Control(local.connection));
    if (loaded.control) controls.push(new Control(own.to(loaded.control.realm)));
    await Promise.all(controls.map((control) => control.offer(supervisor)));
    if (local) await offerReload(served, local.connection);
    if (loaded.control) await offerReload(served, own.to(loaded.control.realm));
    reloadOnHangup(served, process, (text) => printer.note('info', text));
  } catch (error) {
    await closeAll({});
    throw error;
  }
  supervisor.start();
  let haveBeen = false;
  // Once all have been ready, a restart of one of them does not take the router out of service.
  areReady = () => {
    haveBeen ||= supervisor.list().every(({ state }) => state === 'ready' || state === 'ended' || state === 'stopped');
    return haveBeen;
  };
  return { listeners, close: closeAll };
}

/** Logins and ports are not for components: each has its own. */
function inherited(env: Env): { readonly [name: string]: string } {
  const kept = Object.entries(env).filter(([name, value]) => value !== undefined && !/^WAMP_|^PORT$/.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, value ?? '']));
}

function addressesFor(listeners: readonly Listener[]): { readonly [name: string]: string } {
  const url = (listeners.find((each) => each.url.startsWith('ws:')) ?? listeners[0])?.url;
  const raw = listeners.map(({ rawSocketUrl }) => rawSocketUrl).find((each) => each !== undefined);
  return { ...(url === undefined ? {} : { WAMP_URL: url }), ...(raw === undefined ? {} : { WAMP_RAW_URL: raw }) };
}

function identityOf({ name, realm, authid }: Component, identities: Identities): { readonly [name: string]: string } {
  const key = identities.privateKeyOf(name);
  return {
    AUTOSTRADA_COMPONENT: name,
    ...(realm === undefined ? {} : { WAMP_REALM: realm }),
    ...(authid === undefined ? {} : { WAMP_AUTHID: authid }),
    ...(key === undefined ? {} : { WAMP_PRIVATE_KEY: key }),
  };
}
