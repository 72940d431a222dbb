/* What is said about a store in data: in code and in a configuration file alike. */

/** Where retained events and histories are kept, so that a restart of the router forgets nothing. It needs the package `classic-level`. */
export interface StoreConfig {
  /** The folder of the store. It is made if it is not there. One router at a time can use it. */
  readonly folder: string;
  /**
   * What an event that is kept survives, once its PUBLISHED was sent. `process` (default): the end of the router, however it ends. `power`: also a crash of the machine,
   * because each group of events is flushed to the disk (fsync) first, which takes milliseconds.
   */
  readonly durability?: 'process' | 'power' | undefined;
}
