/*
 * Tells that files have changed, for `watch`. `fs.watch` of Node.js 20 is enough: folders are watched with everything in them, and any event counts, so what it
 * reports in other words on other systems does not matter. A file is watched by its folder, because editors replace it.
 */
import { type FSWatcher, statSync, watch } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../base/errors.ts';

/** Several changes within so many milliseconds are one: a build writes many files. */
const QUIET_MS = 150;
/** These change without anybody's doing. */
const IGNORED = /(^|[/\\])(node_modules|\.git)([/\\]|$)/;

export class FileWatch {
  private readonly paths: readonly string[];
  private readonly changed: () => void;
  private readonly failed: (text: string) => void;
  private watchers: FSWatcher[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(paths: readonly string[], changed: () => void, failed: (text: string) => void) {
    this.paths = paths;
    this.changed = changed;
    this.failed = failed;
  }

  open(): void {
    for (const each of this.paths) {
      try {
        this.watchers.push(this.watch(each));
      } catch (error) {
        this.failed(`cannot watch ${each}: ${messageOf(error)}`);
      }
    }
  }

  close(): void {
    for (const watcher of this.watchers.splice(0)) watcher.close();
    clearTimeout(this.timer);
  }

  private watch(file: string): FSWatcher {
    const isFolder = statSync(file).isDirectory();
    const watcher = isFolder ? watch(file, { recursive: true }) : watch(path.dirname(file));
    watcher.on('change', (_, name) => {
      const given = String(name ?? '');
      if (isFolder ? !IGNORED.test(given) : given === '' || given === path.basename(file)) this.note();
    });
    watcher.on('error', (error) => this.failed(`cannot watch ${file}: ${error.message}`));
    return watcher;
  }

  private note(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.changed, QUIET_MS);
  }
}
