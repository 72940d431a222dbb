/*
 * The configuration file is read again: on SIGHUP, and by the procedure `autostrada.router.reload`, which `autostrada reload` calls. The procedure is at the local
 * control, and in the realm of `control`, where permissions say who may call it. A file with the id of the process would get old: a signal to it could meet another program.
 */
import { ApplicationError, type Connection } from '../../index.ts';
import type { Served } from '../../node/index.ts';
import { messageOf } from '../text/usage.ts';

export const RELOAD = 'autostrada.router.reload';

const INVALID_CONFIGURATION = 'autostrada.error.invalid_configuration';

export type Reloading = Pick<Served, 'reload'>;
type Reloaded = Awaited<ReturnType<Served['reload']>>;

/** If it fails, everything continues as it was. @param say - Gets what happened, and why it failed. */
export function reloadOnHangup(
  served: Reloading,
  host: NodeJS.Process,
  say: (level: 'info' | 'error', text: string) => void,
): void {
  host.on('SIGHUP', () => {
    served.reload().then(
      (reloaded) => say('info', textOf(reloaded)),
      (error: unknown) => say('error', `not reloaded: ${messageOf(error)}`),
    );
  });
}

/** @returns Once it is registered. */
export async function offerReload(served: Reloading, connection: Connection): Promise<void> {
  await connection.register(RELOAD, async () => {
    try {
      return await served.reload();
    } catch (error) {
      throw new ApplicationError(INVALID_CONFIGURATION, [messageOf(error)]);
    }
  }).ready;
}

export function textOf({ ended, needsRestart }: Reloaded): string {
  const rest = needsRestart.length === 0 ? '' : `; after a restart: ${needsRestart.join(', ')}`;
  return `reloaded, ${ended} session${ended === 1 ? '' : 's'} ended${rest}`;
}
