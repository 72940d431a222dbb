/* Transports and serializers, under the names that @types/autobahn made familiar. */
import type { Any } from '../base/any.ts';

/** Accepted, and without effect, as in 26.x. */
export interface ITlsConfiguration {
  ca: string;
  cert: string;
  key: string;
}

export type DefaultTransportType = 'websocket' | 'longpoll' | 'rawsocket';
// Written so, editors still suggest the names of the built-in ones.
export type CustomTransportType = string & {};
export type TransportType = DefaultTransportType | CustomTransportType;

export interface ITransportDefinition {
  type: TransportType;
  url?: string | undefined;
  serializers?: ISerializer[] | undefined;
  protocols?: string[] | undefined;
  [option: string]: Any;
}

export interface ISerializer {
  SERIALIZER_ID: string;
  BINARY: boolean;
  /** It may return a promise. */
  serialize(obj: Any): Any;
  unserialize(payload: Any): Any;
}

export interface ITransportInfo {
  type: TransportType | 'none';
  url?: string | null | undefined;
  protocol?: string | null | undefined;
}

/** What a transport tells when it has closed. */
export interface ICloseEventDetails {
  code: number;
  reason: string;
  wasClean: boolean;
}

/** It carries whole messages, as lists. Connection and session set the callbacks. */
export interface ITransport {
  info: ITransportInfo;
  protocol?: Any;
  serializer?: Any;
  onopen: (...ignored: Any[]) => void;
  onmessage: (message: Any) => void;
  onclose: (details: ICloseEventDetails) => void;
  send(message: Any): void;
  close(code?: number, reason?: string): void;
}

export interface ITransportFactory {
  type: TransportType;
  create(): ITransport;
}

export type ITransportFactoryFactory = new (options: Any) => ITransportFactory;

export interface ITransports {
  register(name: TransportType, factory: ITransportFactoryFactory): void;
  isRegistered(name: TransportType): boolean;
  get(name: TransportType): ITransportFactoryFactory;
  list(): TransportType[];
}
