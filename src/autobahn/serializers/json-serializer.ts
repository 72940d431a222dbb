/* The serializer that every program has. */
import { SerializationError } from '../../index.ts';
import type { Any } from '../base/any.ts';

type Visit = (key: string, value: Any) => Any;

/** Does what `JSON.stringify` and `JSON.parse` do, with bytes, too: programs depend on that. */
export class JSONSerializer {
  SERIALIZER_ID = 'json';
  BINARY = false;
  serialize: (obj: Any) => string;
  unserialize: (payload: string) => Any;
  replacer: Visit | undefined;
  reviver: Visit | undefined;

  constructor(replacer?: Visit, reviver?: Visit) {
    this.replacer = replacer;
    this.reviver = reviver;
    this.serialize = (obj) => JSON.stringify(obj, this.replacer);
    this.unserialize = (payload) => {
      try {
        return JSON.parse(payload, this.reviver);
      } catch (cause) {
        // The reviver threw: only this message is lost. Text that is not JSON is refused here again.
        throw new SerializationError(String(cause), { cause, envelope: JSON.parse(payload) });
      }
    };
  }
}
