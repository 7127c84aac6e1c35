import { seededRandom } from '../../lib/random.ts'
import { randomSuite } from '../../testing/random-suite.ts'
import { cryptoRandom } from './crypto-random.ts'

randomSuite('crypto', cryptoRandom)

let seed = 0
randomSuite('seeded', () => seededRandom(++seed))
