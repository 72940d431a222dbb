/**
 * What only Node.js has: ports for a router, and transports that browsers do not have.
 *
 * @module
 */

export { type HttpBridge, type HttpBridgeOptions, httpBridge } from './bridge-handler.ts';
export { type RawSocketOptions, rawSocket } from './clients/rawsocket.ts';
export { type WebSocketOptions, webSocket } from './clients/web-socket.ts';
export { type Hub, type HubOptions, openHub } from './cluster/hub.ts';
export { type LocalEngine, type LocalOptions, local } from './cluster/local.ts';
export { type ConfigFault, ConfigFileError, faultLine } from './config/faults.ts';
export { type ConfigFileReport, checkFile, type LoadedFile, loadConfig, loadFile } from './config/load-file.ts';
export type { ListenConfig, RouterFile } from './config/router-file.ts';
export type { CookieOptions } from './cookies/cookie-logins.ts';
export type { CookieStore, LoginFilter, StoredLogin } from './cookies/cookie-store.ts';
export { cookieStore } from './cookies/stored-logins.ts';
export { diagnostics } from './diagnostics.ts';
export type { HttpBridgeConfig, HttpOptions } from './http-bridge/bridge-config.ts';
export { type Listener, listen } from './listen.ts';
export type { ListenOptions } from './listen-options.ts';
export { type LineLogOptions, type LogConfig, lineLog } from './log/line-log.ts';
export type { DescribedContract, OpenApiConfig, OpenApiOptions } from './openapi/openapi-config.ts';
export type { OpsOptions } from './ops/ops-server.ts';
export { type SharedMetrics, shareMetrics } from './ops/shared-metrics.ts';
export type { CookieConfig } from './port/cookie-config.ts';
export type { OpsConfig } from './port/ops-config.ts';
export { type Served, type ServeOptions, serve } from './serve.ts';
export { type FileStore, openStore } from './store/file-store.ts';
export type { StoreConfig } from './store/store-config.ts';
export type { TlsOptions } from './tls/tls.ts';
export { type Webhook, type WebhookConnection, type WebhookOptions, webhook } from './webhook/webhook.ts';
