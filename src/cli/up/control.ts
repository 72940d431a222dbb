/* The procedures and topics below `autostrada.component.`, in one realm. */
import { ApplicationError, type Connection } from '../../index.ts';
import type { ComponentInfo } from '../../node/components/component.ts';
import type { Line } from '../../node/components/output-lines.ts';
import type { Supervisor } from '../../node/components/supervisor.ts';

export const uris = {
  list: 'autostrada.component.list',
  get: 'autostrada.component.get',
  start: 'autostrada.component.start',
  stop: 'autostrada.component.stop',
  restart: 'autostrada.component.restart',
  log: 'autostrada.component.log',
  onState: 'autostrada.component.on_state',
  onLog: 'autostrada.component.on_log',
} as const;

const NO_SUCH_COMPONENT = 'autostrada.error.no_such_component';
const INVALID_ARGUMENT = 'wamp.error.invalid_argument';
const DEFAULT_LINES = 100;
/** Lines of one component are sent together, at most so long after they came. */
const GATHER_MS = 50;

/** Offers the components to the sessions of a realm, until its connection is closed. */
export class Control {
  private readonly connection: Connection;
  private readonly waiting = new Map<string, Line[]>();
  private timer: NodeJS.Timeout | undefined;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** @returns Once all procedures are registered. */
  async offer(supervisor: Supervisor): Promise<void> {
    const { connection } = this;
    const about =
      (act: (name: string) => ComponentInfo | undefined | Promise<ComponentInfo | undefined>) =>
      async (args: readonly unknown[]) => {
        const name = nameOf(args);
        return { ...existing(name, await act(name), supervisor) };
      };
    await Promise.all(
      [
        connection.register(uris.list, () => supervisor.list()),
        connection.register(
          uris.get,
          about((name) => supervisor.get(name)),
        ),
        connection.register(
          uris.start,
          about((name) => supervisor.startOne(name)),
        ),
        connection.register(
          uris.stop,
          about((name) => supervisor.stopOne(name)),
        ),
        connection.register(
          uris.restart,
          about((name) => supervisor.restart(name)),
        ),
        connection.register(uris.log, (args) => {
          const name = nameOf(args);
          return existing(name, supervisor.log(name, limitOf(args[1])), supervisor);
        }),
      ].map((handle) => handle.ready),
    );
  }

  /** Publishes a state. */
  changed(info: ComponentInfo): void {
    this.connection.session?.publish(uris.onState, [info]);
  }

  /** Publishes a line of output, with those that come in the next moment. */
  said(name: string, line: Line): void {
    const lines = this.waiting.get(name);
    if (lines) lines.push(line);
    else this.waiting.set(name, [line]);
    this.timer ??= setTimeout(() => this.flush(), GATHER_MS).unref();
  }

  private flush(): void {
    this.timer = undefined;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const [name, lines] of waiting) this.connection.session?.publish(uris.onLog, [name, lines]);
  }
}

function nameOf([name]: readonly unknown[]): string {
  if (typeof name === 'string') return name;
  throw new ApplicationError(INVALID_ARGUMENT, [
    `expected the name of a component as first argument, got ${name === undefined ? 'nothing' : typeof name}`,
  ]);
}

function limitOf(limit: unknown): number {
  if (limit === undefined || limit === null) return DEFAULT_LINES;
  if (typeof limit === 'number' && Number.isInteger(limit) && limit >= 0) return limit;
  throw new ApplicationError(INVALID_ARGUMENT, [`expected the number of lines as second argument, got ${typeof limit}`]);
}

function existing<T>(name: string, found: T | undefined, supervisor: Supervisor): T {
  if (found !== undefined) return found;
  const names = supervisor.list().map((each) => each.name);
  throw new ApplicationError(NO_SUCH_COMPONENT, [`there is no component '${name}'; there is ${names.join(', ') || 'none'}`]);
}
