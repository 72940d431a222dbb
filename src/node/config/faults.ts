/*
 * What is wrong in a configuration file, with its place in the text, and the error that lists it.
 */
import { type JsonText, lineAndColumn } from './json-text.ts';
import { isItemOf, isPathOrWithin, outer } from './paths.ts';

/** Something in a configuration file that is wrong, or probably a mistake. */
export interface ConfigFault {
  /** The file, as it was given. */
  readonly file: string;
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  /** Such as `config.realms["shop"].users["jane"].authrole`. */
  readonly path: string;
  /** What was expected and what came. Secrets are not in it. */
  readonly text: string;
}

/** A configuration file cannot be used. The message has a line for each fault: `router.json:12:5: config.listen.port: expected …, got …`. */
export class ConfigFileError extends TypeError {
  /** In the order of the text. */
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    super(faults.map(faultLine).join('\n'));
    this.name = 'ConfigFileError';
    this.faults = faults;
  }
}

export function faultLine({ file, line, column, path, text }: ConfigFault): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${text}`;
}

/** A complaint about a value. `key`: the path of the key that is wrong, instead of the value. */
export interface Complaint {
  readonly path: string;
  readonly text: string;
  readonly key?: string;
}

/** A text that begins with a path. */
export function complaintOf(message: string): Complaint {
  const [, path = 'config', text = message] =
    /^(config(?:\.[A-Za-z_]\w*|\[\d+\]|\["(?:[^"\\]|\\.)*"\])*): ([\s\S]*)$/.exec(message) ?? [];
  return { path, text };
}

/** Collects complaints. Once a value is wrong as a whole, further ones about it or its parts say nothing new. */
export class Complaints {
  private readonly kept: Complaint[] = [];
  /** The paths of what is wrong as a whole. */
  private readonly wrong: string[] = [];
  /** The paths of what lacks a value that the environment should have. */
  private readonly lacking = new Set<string | undefined>();

  get isEmpty(): boolean {
    return this.kept.length === 0;
  }

  add(...complaints: readonly Complaint[]): void {
    for (const complaint of complaints) {
      const at = complaint.key ?? complaint.path;
      const isSaid = this.kept.some(({ path, text }) => path === complaint.path && text === complaint.text);
      // A list is named for an item that is wrong.
      const isKnown = this.wrong.some((whole) => isPathOrWithin(at, whole) || isItemOf(whole, at));
      if (!isSaid && !isKnown && !this.lacking.has(at)) this.kept.push(complaint);
    }
  }

  /** The environment does not have this value. That what is around it is not right without it says nothing new. */
  addMissing(complaint: Complaint): void {
    this.addWhole(complaint);
    this.lacking.add(outer(complaint.path));
  }

  /** These values are of the wrong kind, or are not there. */
  addWhole(...complaints: readonly Complaint[]): void {
    for (const complaint of complaints) {
      this.add(complaint);
      this.wrong.push(complaint.key ?? complaint.path);
    }
  }

  /** In the order of the text. */
  placed(file: string, text: string, places: JsonText['places']): readonly ConfigFault[] {
    const faults = this.kept.map(({ path, text: said, key }) => {
      const at = offsetOf(places, key ?? path, key !== undefined);
      return { file, ...lineAndColumn(text, at), path, text: said };
    });
    return faults.sort((a, b) => a.line - b.line || a.column - b.column);
  }
}

/** Where the value is; of one that is not there, what is around it. */
function offsetOf(places: JsonText['places'], path: string, ofKey: boolean): number {
  const place = places.get(path);
  if (place) return ofKey ? place.key : place.value;
  const around = outer(path);
  return around === undefined ? 0 : offsetOf(places, around, false);
}
