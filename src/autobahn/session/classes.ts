/*
 * What programs print, compare and take apart: results, errors, details of events and invocations. Each has the name and exactly the enumerable keys
 * that it has in Autobahn|JS. They have a file of their own because their names hide names of the language.
 */
import type { Any } from '../base/any.ts';
import { mark } from '../base/kind.ts';

export class Result {
  args: Any[];
  kwargs: Any;
  constructor(args?: Any[], kwargs?: Any) {
    this.args = args || [];
    this.kwargs = kwargs || {};
  }
}

/** Not a JavaScript Error: programs look at `error`, `args` and `kwargs`, and print them. */
// biome-ignore lint/suspicious/noShadowRestrictedNames: the name that programs print and compare
export class Error {
  error: string;
  args: Any[];
  kwargs: Any;
  constructor(error: string, args?: Any[], kwargs?: Any) {
    this.error = error;
    this.args = args || [];
    this.kwargs = kwargs || {};
  }
}

mark(Result, 'details', () => ({}));
mark(Error, 'uri', ({ error }) => error);

export class Event {
  publication: number;
  topic: string;
  publisher: number | undefined;
  publisher_authid: string | undefined;
  publisher_authrole: string | undefined;
  retained: boolean;
  forward_for: Any;
  constructor(
    publication: number,
    topic: string,
    publisher?: number,
    publisher_authid?: string,
    publisher_authrole?: string,
    retained = false,
    forward_for?: Any,
  ) {
    this.publication = publication;
    this.topic = topic;
    this.publisher = publisher;
    this.publisher_authid = publisher_authid;
    this.publisher_authrole = publisher_authrole;
    this.retained = retained;
    this.forward_for = forward_for;
  }
}

export class Invocation {
  procedure: string;
  progress: ((args?: Any[], kwargs?: Any) => void) | null;
  caller: number | undefined;
  caller_authid: string | undefined;
  caller_authrole: string | undefined;
  constructor(
    procedure: string,
    progress: Invocation['progress'],
    caller?: number,
    caller_authid?: string,
    caller_authrole?: string,
  ) {
    this.procedure = procedure;
    this.progress = progress;
    this.caller = caller;
    this.caller_authid = caller_authid;
    this.caller_authrole = caller_authrole;
  }
}

export class Publication {
  id: number;
  constructor(id: number) {
    this.id = id;
  }
}
