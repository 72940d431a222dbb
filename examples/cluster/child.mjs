// What each process of the cluster begins with. Ctrl-C reaches all of them: main.mjs stops the others.
process.on('SIGINT', () => {});

/** Calls `end` when main.mjs stops this process, or is killed itself; at once if that was before. */
export function onEnd(end) {
  process.once('disconnect', end);
  if (!process.connected) end();
}
