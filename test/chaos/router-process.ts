/*
 * The router in a process of its own: killed for real, and started anew at the same port.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RouterStats } from 'autostrada/router';

export class RouterProcess {
  port = 0;
  private child: ChildProcess | undefined;

  static async start(): Promise<RouterProcess> {
    const router = new RouterProcess();
    await router.begin();
    return router;
  }

  /** @param end - `SIGKILL`, or `shut down`: GOODBYE to all. */
  async restart(end: 'SIGKILL' | 'shut down', downMs: number): Promise<void> {
    await this.end(end);
    await new Promise((resolve) => setTimeout(resolve, downMs));
    await this.begin();
  }

  /** The next so many logins of this authid get ABORT. */
  refuse(authid: string, times: number): void {
    if (this.child?.connected) this.child.send({ refuse: authid, times });
  }

  async stats(): Promise<RouterStats> {
    const { child } = this;
    if (!child) throw new Error('the router is not running');
    child.send({ ask: 'stats' });
    const [{ stats }] = (await once(child, 'message')) as [{ stats: RouterStats }];
    return stats;
  }

  async end(how: 'SIGKILL' | 'shut down' = 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (!child) return;
    this.child = undefined;
    const exited = once(child, 'exit');
    if (how === 'SIGKILL') child.kill('SIGKILL');
    else child.send({ ask: 'close' });
    await exited;
  }

  private async begin(): Promise<void> {
    const child = fork(fileURLToPath(new URL('router.mjs', import.meta.url)), [String(this.port)], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const failed = once(child, 'exit').then(([code]) => {
      throw new Error(`the router's process ended with ${code}: is there a dist/? npm run build`);
    });
    failed.catch(() => {});
    const [{ port }] = (await Promise.race([once(child, 'message'), failed])) as [{ port: number }];
    this.port = port;
    this.child = child;
  }
}
