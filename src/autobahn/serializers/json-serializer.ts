/* Of the serializers the one that is always there. */
import { SerializationError } from '../../index.ts';
import type { Any } from '../base/any.ts';

type Visit = (key: string, value: Any) => Any;

/** What `JSON.stringify` and `JSON.parse` make of it, bytes included: programs count on it. */
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
        // By the reviver: it hurts this message alone. What is no JSON at all is refused here again.
        throw new SerializationError(String(cause), { cause, envelope: JSON.parse(payload) });
      }
    };
  }
}
