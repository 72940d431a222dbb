/* How commands reach the components: at the router of `--url` by a login, else at every `autostrada up` of this user on this machine. */
import type { Session } from '../../index.ts';
import type { ComponentInfo } from '../../node/components/component.ts';
import type { Run } from '../running/command.ts';
import { UsageError } from '../text/usage.ts';
import { uris } from './control.ts';
import { findLocalUps, type LocalUp } from './local-control.ts';

export interface Reached {
  /** Of an `autostrada up` of this machine; undefined: it is behind a router. */
  readonly pid: number | undefined;
  readonly session: Session;
  readonly components: readonly ComponentInfo[];
}

export const reachOptions = {
  pid: { value: 'PID', help: 'the process of an autostrada up of this machine, if there are several' },
} as const;

type Reaching = Pick<Run<typeof reachOptions>, 'values' | 'env' | 'connect'>;

/** Calls `act` with all that were reached, and closes the connections after it. */
export async function reach<T>(reaching: Reaching, act: (reached: readonly Reached[]) => Promise<T>): Promise<T> {
  const { values } = reaching;
  if (isNamed(reaching)) {
    if (values.pid !== undefined) throw new UsageError('expected --pid or a router (--url, --realm, WAMP_URL), not both');
    return atNamed(reaching, async (session) => act([{ pid: undefined, session, components: await listOf(session) }]));
  }
  return atLocal(reaching, async (ups) => {
    if (ups.length === 0) {
      const which =
        values.pid === undefined
          ? 'no autostrada up of this user runs here'
          : `no autostrada up of this user has the process ${values.pid}`;
      throw new UsageError(`${which}: start one, or name a router with --url and --realm`);
    }
    const reached = ups.map(async ({ pid, connection }): Promise<Reached> => {
      const session = await connection.open();
      return { pid, session, components: await listOf(session) };
    });
    return act(await Promise.all(reached));
  });
}

/** The same for what one router is asked. */
export async function reachOne<T>(reaching: Reaching, act: (session: Session) => Promise<T>): Promise<T> {
  if (isNamed(reaching)) return atNamed(reaching, act);
  return atLocal(reaching, async ([only, ...others]) => {
    if (!only) throw new UsageError('no autostrada up and no autostrada router --config of this user runs here');
    if (others.length > 0) {
      const pids = [only, ...others].map(({ pid }) => pid);
      throw new UsageError(`${pids.length} routers of this user run here: choose one by --pid ${pids.join(', --pid ')}`);
    }
    return act(await only.connection.open());
  });
}

function isNamed({ values, env }: Reaching): boolean {
  return values.url !== undefined || values.realm !== undefined || Boolean(env.WAMP_URL);
}

async function atNamed<T>({ connect }: Reaching, act: (session: Session) => Promise<T>): Promise<T> {
  const { connection, session } = await connect();
  try {
    return await act(session);
  } finally {
    await connection.close();
  }
}

/** Those of this user on this machine; with `--pid` that one. */
async function atLocal<T>({ values, env }: Reaching, act: (ups: readonly LocalUp[]) => Promise<T>): Promise<T> {
  const all = await findLocalUps(env);
  try {
    return await act(values.pid === undefined ? all : all.filter(({ pid }) => String(pid) === values.pid));
  } finally {
    await Promise.all(all.map(({ connection }) => connection.close()));
  }
}

/** The one that has this component. @throws UsageError */
export function withComponent(reached: readonly Reached[], name: string): Reached {
  const having = reached.filter(({ components }) => components.some((each) => each.name === name));
  const [only, ...others] = having;
  if (!only) {
    const names = reached.flatMap(({ components }) => components.map((each) => each.name));
    throw new UsageError(`expected the name of a component (${[...new Set(names)].join(', ') || 'there are none'}), got '${name}'`);
  }
  if (others.length > 0)
    throw new UsageError(
      `${having.length} autostrada up have a component '${name}': choose one by --pid ${having.map(({ pid }) => pid).join(', --pid ')}`,
    );
  return only;
}

async function listOf(session: Session): Promise<readonly ComponentInfo[]> {
  const { args } = await session.callResult(uris.list);
  const [list] = args;
  return Array.isArray(list) ? list : [];
}
