/* Everything of one `autostrada up`: the router and its ports, the components, and their control. */
import { realpathSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Component } from '../../node/components/component.ts';
import { realmsOf, settleComponents } from '../../node/components/settle-components.ts';
import { Supervisor } from '../../node/components/supervisor.ts';
import type { LoadedFile } from '../../node/index.ts';
import { offerInspection } from '../inspector/inspecting.ts';
import { LazyInspector, openForUsers, type UsersInspector } from '../inspector/inspector.ts';
import type { OpenPort } from '../processes/words.ts';
import type { Env } from '../running/login.ts';
import { messageOf } from '../text/usage.ts';
import { visible } from '../text/visible.ts';
import { Control } from './control.ts';
import { openLocalControl } from './local-control.ts';
import { Identities, OwnConnections } from './own-access.ts';
import type { Printer } from './printer.ts';
import { offerReload, reloadOnHangup } from './reloading.ts';
import { type RouterOptions, startRouter } from './running-router.ts';

export interface UpOptions extends Omit<RouterOptions, 'users' | 'isReady' | 'others' | 'reading'> {
  readonly loaded: LoadedFile;
  /** Which components of a file run. */
  readonly chosenOf: (components: readonly Component[]) => readonly Component[];
  readonly printer: Printer;
  readonly env: Env;
  /** The port of the inspector, if it is to be opened at once. */
  readonly inspectPort: number | undefined;
  /** The file was read again: what of it is neither for the router nor for components. */
  readonly reloaded: (next: LoadedFile, components: readonly Component[]) => void;
}

export interface RunningUp {
  readonly listeners: readonly OpenPort[];
  /** The addresses of inspectors: the one that was asked for, and that of `control`. */
  readonly inspectors: readonly string[];
  /** Components first, then the ports and the router. */
  close(options: { readonly goodbye?: false; readonly drainMs?: number }): Promise<void>;
}

/** `loadFile` has found no fault in them. */
export function componentsOf({ components = {}, folder = '.', router }: FileOfComponents): readonly Component[] {
  return settleComponents(components, { folder, realms: realmsOf(router), path: 'config.components' }).components;
}

type FileOfComponents = Pick<LoadedFile, 'router'> & Partial<Pick<LoadedFile, 'components' | 'folder'>>;

export async function startUp({ chosenOf, reloaded, printer, env, inspectPort, ...options }: UpOptions): Promise<RunningUp> {
  const { loaded } = options;
  const componentsIn = (file: FileOfComponents): readonly Component[] => chosenOf(componentsOf(file));
  const identities = new Identities();
  let areReady = (): boolean | string => false;
  let { realms } = loaded.router;
  const served = await startRouter({
    ...options,
    reading: (file) => {
      ({ realms } = file.router);
      identities.take(componentsIn(file));
    },
    users: () => identities.users,
    isReady: () => areReady(),
    others: async (next) => {
      const present = componentsIn(next);
      reloaded(next, present);
      await supervisor.change(present);
      // Only now, so that they could use their sessions until their end.
      if (identities.keep(present)) await served.usersChanged(next);
      forUsers?.changed();
      return isDeepStrictEqual(loaded.control, next.control) ? [] : ['config.control'];
    },
  });
  const { router, listeners } = served;
  const own = new OwnConnections(router);
  const inspected = { router, realms: () => realms };
  const inspector = new LazyInspector(inspected);
  let forUsers: UsersInspector | undefined;
  const controls: Control[] = [];
  const local = await openLocalControl(env).catch((error: unknown) => {
    printer.note('warn', `autostrada ps, restart and logs need a login: ${messageOf(error)}`);
    return undefined;
  });
  const closeAll: RunningUp['close'] = async ({ drainMs = 0, ...goodbye }) => {
    if (drainMs > 0) await served.drain(drainMs);
    await supervisor.close();
    await Promise.all([own.close(), inspector.close(), forUsers?.close()]);
    await Promise.all([local?.close(), served.close(goodbye)]);
  };
  const address = addressesFor(listeners);
  const components = componentsIn(loaded);
  const supervisor = new Supervisor(components, {
    isRegistered: (realm, procedure) => own.isRegistered(realm, procedure),
    environmentOf: (component) => ({ ...inherited(env), ...address, ...identityOf(component, identities) }),
    moduleCommand: (module) => [process.execPath, realpathSync(process.argv[1] ?? ''), 'run', module],
    changed: (info) => {
      printer.changed(info);
      served.changed();
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
    for (const connection of [local?.connection, loaded.control && own.to(loaded.control.realm)]) {
      if (!connection) continue;
      await offerReload(served, connection);
      await offerInspection(router, connection);
    }
    if (local) await inspector.offer(local.connection);
    const { control } = loaded;
    if (control?.inspector) forUsers = await openForUsers(inspected, { realm: control.realm, inspector: control.inspector });
    reloadOnHangup(served, process, (level, text) => printer.note(level, text));
  } catch (error) {
    await closeAll({});
    throw error;
  }
  supervisor.start();
  let haveBeen = false;
  // Once all have been ready, a restart of one of them does not take the router out of service.
  areReady = () => {
    const missing = haveBeen ? [] : supervisor.list().filter(({ state }) => !/^(ready|ended|stopped)$/.test(state));
    haveBeen ||= missing.length === 0;
    return (
      haveBeen ||
      missing.map(({ name, state, reason }) => `${name} is ${state}${reason === null ? '' : `: ${visible(reason)}`}`).join('; ')
    );
  };
  if (components.length === 0) served.changed(); // otherwise the first change comes later
  const inspectors = [
    ...(inspectPort === undefined ? [] : [await inspector.url(inspectPort)]),
    ...(forUsers ? [forUsers.url] : []),
  ];
  return { listeners, inspectors, close: closeAll };
}

/** Logins and ports are not for components: each has its own. */
function inherited(env: Env): { readonly [name: string]: string } {
  const kept = Object.entries(env).filter(([name, value]) => value !== undefined && !/^WAMP_|^PORT$/.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, value ?? '']));
}

function addressesFor(listeners: readonly OpenPort[]): { readonly [name: string]: string } {
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
