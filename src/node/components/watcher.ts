/*
 * One small process beside this one that ends all process groups when this process is gone, however that came: SIGKILL, too. Node.js has no
 * signal for the death of a parent. It reads a pipe, which the system closes with this process, and it runs in a session of its own, so that
 * Ctrl-C and a closed terminal do not reach it. It is a shell script, because a shell takes a megabyte and Node.js takes forty.
 */
import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Lines: `+ PID` adds a group, whose leader is still held back; `- PID` removes one. The script notes when the leader began. A group is left alone
 * if another process has that id later: the system may give it again once the whole group has ended.
 */
const SCRIPT = `
trap '' INT TERM HUP QUIT PIPE
born() {
  if [ -r /proc/self/stat ]; then
    stat=
    read -r stat 2>/dev/null < "/proc/$1/stat"
    [ -n "$stat" ] || return 0
    set -- \${stat##*) }
    echo "\${20}"
  else
    ps -o lstart= -p "$1" | tr -s ' ' _
  fi
}
is_ours() {
  now=$(born "$1" 2>/dev/null)
  [ -z "$now" ] || [ "$now" = "$2" ]
}
groups=
while read -r sign pid; do
  rest=
  for each in $groups; do
    [ "\${each%%:*}" = "$pid" ] || rest="$rest $each"
  done
  groups=$rest
  [ "$sign" = - ] || groups="$groups $pid:$(born "$pid" 2>/dev/null)"
done
send() {
  alive=
  for each in $groups; do
    pid=\${each%%:*}
    is_ours "$pid" "\${each#*:}" || continue
    kill -s "$1" -- "-$pid" 2>/dev/null && alive=yes
  done
  [ -n "$alive" ]
}
send TERM || exit 0
for step in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  sleep 0.1
  send 0 || exit 0
done
for step in 1 2 3 4 5; do
  send KILL || exit 0
  sleep 0.1
done
`;

/** Knows the groups that exist, and tells the watcher of each. Nothing happens where there is no shell: on Windows. */
export class Watcher {
  private readonly groups = new Set<number>();
  private readonly failed: (error: Error) => void;
  private process: ChildProcess | undefined;

  /** @param failed - There is no watcher: nothing ends the groups if this process is killed. */
  constructor(failed: (error: Error) => void) {
    this.failed = failed;
  }

  /** @returns When the watcher has it for sure, or cannot have it. */
  add(pid: number): Promise<void> {
    this.groups.add(pid);
    const isNew = this.process === undefined;
    this.open();
    return isNew ? this.tell([...this.groups].map((each) => `+ ${each}\n`).join('')) : this.tell(`+ ${pid}\n`);
  }

  /** The whole group has ended. */
  remove(pid: number): void {
    if (this.groups.delete(pid)) void this.tell(`- ${pid}\n`);
  }

  /** All groups have ended: it ends, too. */
  close(): void {
    const { process: child } = this;
    this.process = undefined;
    child?.stdin?.end();
  }

  private open(): void {
    if (this.process !== undefined || process.platform === 'win32') return;
    const child = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' });
    this.process = child;
    child.stdin.on('error', () => {}); // it has been killed: `exit` comes
    const gone = (error: Error): void => {
      if (this.process !== child) return;
      this.process = undefined;
      if (child.pid === undefined) return this.failed(error);
      // Somebody has killed it.
      if (this.groups.size === 0) return;
      this.open();
      void this.tell([...this.groups].map((each) => `+ ${each}\n`).join(''));
    };
    child.once('error', gone);
    child.once('exit', () => gone(new Error('the watcher has ended')));
    // It must not keep this process running.
    child.unref();
    if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  }

  private tell(text: string): Promise<void> {
    const input = this.process?.stdin;
    if (!input?.writable) return Promise.resolve();
    return new Promise((resolve) => input.write(text, () => resolve()));
  }
}
