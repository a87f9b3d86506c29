/**
 * Where joins outlive the process.
 *
 * @module
 */
export { StoreError, type StoreFailure } from "./errors.ts";
export { MemoryStore } from "./memory_store.ts";
export {
  openStore,
  SqliteStore,
  type StoreClock,
  type StoreLog,
  type StoreOptions,
} from "./sqlite_store.ts";
