/*
 * Takes away, before anything else of the page runs, what Internet Explorer 10 does not have, and puts its known faults in. What could not
 * be taken away is left in `window.ie10.left`. ECMAScript 5: it runs in old engines, too.
 */
(function (root) {
  'use strict';
  var left = [];

  function cut(owner, name, label) {
    if (!owner || !(name in owner)) return;
    try {
      delete owner[name];
    } catch (e) {}
    if (owner[name] !== undefined) {
      try {
        Object.defineProperty(owner, name, { value: undefined, configurable: true, writable: true });
      } catch (e) {
        try {
          owner[name] = undefined;
        } catch (e2) {}
      }
    }
    if (owner[name] !== undefined) left.push(label + name);
  }

  // Above the typed arrays, Internet Explorer 10 has nothing: Object is what is there. (In old WebKit their constructors are no functions.)
  var above = Object.getPrototypeOf(root.Int8Array);
  var shared = typeof above === 'function' && above.prototype && above.prototype !== Object.prototype ? above : undefined;

  var later = {
    Object: 'assign,is,setPrototypeOf,getOwnPropertySymbols,entries,values,fromEntries,hasOwn,getOwnPropertyDescriptors,groupBy',
    Array: 'from,of,fromAsync',
    Number: 'isInteger,isFinite,isNaN,isSafeInteger,parseInt,parseFloat,EPSILON,MAX_SAFE_INTEGER,MIN_SAFE_INTEGER',
    Math: 'clz32,trunc,sign,imul,log2,log10,log1p,expm1,cosh,sinh,tanh,acosh,asinh,atanh,hypot,fround,cbrt,f16round,sumPrecise',
    String: 'raw,fromCodePoint',
    'Array.prototype':
      'fill,find,findIndex,findLast,findLastIndex,includes,copyWithin,flat,flatMap,at,entries,keys,values,toSorted,toSpliced,toReversed,with',
    'String.prototype':
      'includes,startsWith,endsWith,repeat,padStart,padEnd,codePointAt,normalize,trimStart,trimEnd,trimLeft,trimRight,at,matchAll,replaceAll,isWellFormed,toWellFormed',
    'RegExp.prototype': 'flags,sticky,unicode,dotAll,hasIndices',
    'Object.prototype': '__proto__,__defineGetter__,__defineSetter__,__lookupGetter__,__lookupSetter__',
    ArrayBuffer: 'isView',
    'ArrayBuffer.prototype': 'slice,resize,transfer,transferToFixedLength,detached,maxByteLength,resizable',
    'DataView.prototype': 'getBigInt64,setBigInt64,getBigUint64,setBigUint64,getFloat16,setFloat16',
    Error: 'captureStackTrace,isError',
  };
  Object.keys(later).forEach(function (path) {
    var owner = path.split('.').reduce(function (at, name) {
      return at && at[name];
    }, root);
    later[path].split(',').forEach(function (name) {
      cut(owner, name, path + '.');
    });
  });

  if (shared) {
    cut(shared, 'from', 'TypedArray.');
    cut(shared, 'of', 'TypedArray.');
    Object.getOwnPropertyNames(shared.prototype).forEach(function (name) {
      if (!/^(set|subarray|length|byteLength|byteOffset|buffer|constructor|toString)$/.test(name))
        cut(shared.prototype, name, 'TypedArray.prototype.');
    });
    // The native iterators stay: Firefox needs those of lists for `new WebSocket(url, list)`, and without Symbol nobody can name them.
    Object.defineProperty(shared.prototype, 'constructor', { value: Object });
  }

  // Of ECMAScript 5: these take objects only.
  'keys getPrototypeOf getOwnPropertyNames getOwnPropertyDescriptor freeze seal preventExtensions isFrozen isSealed isExtensible'
    .split(' ')
    .forEach(function (name) {
      var real = Object[name];
      Object[name] = function (value, key) {
        if ((typeof value !== 'object' || value === null) && typeof value !== 'function')
          throw new TypeError('Object.' + name + ': no object');
        return real(value, key);
      };
    });

  // subarray(n, n) is not empty there.
  'Int8 Uint8 Int16 Uint16 Int32 Uint32 Float32 Float64'.split(' ').forEach(function (type) {
    var prototype = root[type + 'Array'].prototype;
    var real = prototype.subarray;
    function faulty(from, to) {
      return to === undefined || to === from ? real.call(this, from) : real.call(this, from, to);
    }
    try {
      Object.defineProperty(prototype, 'subarray', { value: faulty, configurable: true, writable: true });
    } catch (e) {
      prototype.subarray = faulty;
    }
    if (new root[type + 'Array'](2).subarray(1, 1).length !== 1) left.push(type + 'Array.subarray');
  });

  (
    'Promise Map Set WeakMap WeakSet WeakRef FinalizationRegistry Symbol Proxy Reflect BigInt BigInt64Array BigUint64Array Uint8ClampedArray ' +
    'Float16Array SharedArrayBuffer Atomics TextEncoder TextDecoder TextEncoderStream TextDecoderStream URL URLSearchParams fetch Headers Request ' +
    'Response AbortController AbortSignal queueMicrotask structuredClone MutationObserver WebKitMutationObserver crypto Crypto CryptoKey SubtleCrypto ' +
    'webkitCrypto msCrypto globalThis AggregateError Iterator Buffer AsyncDisposableStack DisposableStack SuppressedError IntersectionObserver ' +
    'ResizeObserver PerformanceObserver ReadableStream Intl WebAssembly BroadcastChannel MessageChannel Event EventTarget'
  )
    .split(' ')
    .forEach(function (name) {
      cut(root, name, '');
    });
  root.ie10 = { left: left };
})(window);
