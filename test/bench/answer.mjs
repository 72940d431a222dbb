/* The end of a process that works for the bench: what it is asked it runs, and answers. */

/** @param run - What is done with the options that come; its value is the answer. */
export function answer(run) {
  process.on('message', async (options) => {
    try {
      process.send({ value: await run(options) });
    } catch (error) {
      process.send({ error: error.message });
    }
  });
  process.on('disconnect', () => process.exit());
  process.send({ ready: true });
}
