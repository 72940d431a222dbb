/* What every peer's program tries, by the name that it prints. */

export const scenarios = {
  join: 'joins and leaves',
  call: 'calls with `args` and `kwargs`, and gets both back',
  error: 'gets the URI, `args` and `kwargs` of an error',
  'no procedure': 'is told that nobody has a procedure',
  unregister: 'takes a procedure back',
  progress: 'sends and gets progressive results',
  cancel: 'cancels a call',
  timeout: 'has the router end a call after a time',
  events: 'publishes with acknowledgement and gets the event',
  unsubscribe: 'gets no event after it has unsubscribed',
  'own events': 'gets its own events when it asks for them',
  prefix: 'subscribes to a prefix',
  wildcard: 'subscribes to a wildcard',
  'pattern procedure': 'registers a prefix and is told which procedure was called',
  exclude: 'publishes to all but some sessions',
  eligible: 'publishes to some sessions only',
  caller: 'is told who calls',
  publisher: 'is told who publishes',
  shared: 'shares a registration, round robin',
  binary: 'sends bytes through and back',
  integers: 'sends integers up to 2^53 through and back',
  unicode: 'sends texts of all planes through and back',
} as const;

/** For those that come back by themselves, each with the same port. */
export const restarts = {
  killed: 'comes back after the router was killed and restarted',
  SIGTERM: 'comes back after `autostrada router` was ended by SIGTERM (`close({ goodbye: false })`) and restarted',
  'shut down': 'comes back after the router has closed with GOODBYE (`close()`) and was restarted',
} as const;

export type Restart = keyof typeof restarts;
