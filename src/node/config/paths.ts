/* Paths of a configuration as text: `config.realms["shop"].users["jane"]`. config-path.ts of the router writes them. */

const LAST = /(?:\.[A-Za-z_]\w*|\[\d+\]|\["(?:[^"\\]|\\.)*"\])$/;

/** The path of the value around it; undefined: it is the whole configuration. */
export function outer(path: string): string | undefined {
  const shorter = path.replace(LAST, '');
  return shorter === path ? undefined : shorter;
}

/** Whether it is the path of this value, or of a part of it. */
export function isPathOrWithin(path: string, whole: string): boolean {
  return path === whole || (path.startsWith(whole) && /^[.[]/.test(path.slice(whole.length)));
}

/** Whether it is the path of an item of this list. */
export function isItemOf(path: string, list: string): boolean {
  return path.startsWith(list) && /^\[\d+\]$/.test(path.slice(list.length));
}
