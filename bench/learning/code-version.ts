import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** What a simulation runs on, as folders of the built core. */
const folders = ['lib', 'params', 'codec', 'strategy', 'task', 'wire', 'overlay', 'node', 'runtime', 'sim']

/** A hash of the code that a simulation runs on, so that results of other code are not taken for its own. */
export function codeVersion(): string {
  const dist = dirname(createRequire(import.meta.url).resolve('@gossamer/core/sim'))
  const hash = createHash('sha256')
  for (const folder of folders)
    for (const name of readdirSync(join(dist, folder)).sort())
      if (name.endsWith('.js')) hash.update(name).update(readFileSync(join(dist, folder, name)))
  return hash.digest('hex')
}
