/** The seed of what one shard draws at random in a step, so that no two shards drop the same; the first one's is the step's. */
export const shardSeed = (seed: number, shard: number): number => (seed ^ Math.imul(shard, 0x85ebca6b)) >>> 0
