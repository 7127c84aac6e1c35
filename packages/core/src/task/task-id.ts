import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { CompleteTask } from './task.ts'

/** SHA-256 (64 hex digits) of the task's canonical JSON: equal tasks, and only they, have equal ids. */
export const taskIdOf = (task: CompleteTask): string => bytesToHex(sha256(utf8ToBytes(canonicalJson(task))))

/**
 * What signaling servers know a room by: SHA-256 over namespace, task id and room key. Whoever lacks the key can
 * neither find the room nor tell which task it trains.
 */
export const topicOf = (taskId: string, roomKey: string): string =>
  bytesToHex(sha256(utf8ToBytes(JSON.stringify(['gossamer/1', taskId, roomKey]))))

/** JSON without white space, keys sorted by code unit at every depth. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`
}
