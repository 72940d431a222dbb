/** A cycle in what waits for what, with its first name again at the end; undefined: there is none. */
export function cycleIn(waits: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, before: readonly string[]): readonly string[] | undefined => {
    const at = before.indexOf(name);
    if (at >= 0) return [...before.slice(at), name];
    if (done.has(name)) return undefined;
    for (const next of waits.get(name) ?? []) {
      const found = visit(next, [...before, name]);
      if (found) return found;
    }
    done.add(name);
    return undefined;
  };
  for (const name of waits.keys()) {
    const found = visit(name, []);
    if (found) return found;
  }
  return undefined;
}
