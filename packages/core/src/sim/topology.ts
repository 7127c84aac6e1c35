import { integer, shuffle } from '../lib/random.ts'
import type { Random } from '../ports.ts'

/** Which peers of a simulated room may link; a peer still holds no more neighbours than its task and node allow. */
export type TopologyKind =
  /** Everyone may link to everyone: each node seeks its own neighbours, as in a real room. */
  | { readonly type: 'overlay' }
  /** The same; for rooms small enough that everyone does. */
  | { readonly type: 'full' }
  /** Each peer with the ones before and after it. */
  | { readonly type: 'ring' }
  /** A connected graph drawn at random in which every peer has `degree` neighbours; peers x degree must be even. */
  | { readonly type: 'regular'; readonly degree: number }
  /** Barabasi and Albert (1999): each newcomer links to `links` earlier peers, in proportion to their degrees. */
  | { readonly type: 'preferential'; readonly links: number }
  /** Nobody links: what each peer learns from its own examples. */
  | { readonly type: 'alone' }

/**
 * The neighbours of each peer, or undefined where everyone may link to everyone. Throws RangeError for a degree that
 * so many peers cannot have.
 */
export function topology(
  kind: TopologyKind,
  peers: number,
  random: Random,
): readonly ReadonlySet<number>[] | undefined {
  switch (kind.type) {
    case 'overlay':
    case 'full':
      return undefined
    case 'alone':
      return empty(peers)
    case 'ring':
      return circulant(peers, Math.min(2, peers - 1))
    case 'regular':
      return regular(peers, kind.degree, random)
    case 'preferential':
      return preferential(peers, kind.links, random)
  }
}

type Graph = readonly Set<number>[]

const empty = (peers: number): Graph => Array.from({ length: peers }, () => new Set<number>())

function link(graph: Graph, a: number, b: number): void {
  graph[a]?.add(b)
  graph[b]?.add(a)
}

function unlink(graph: Graph, a: number, b: number): void {
  graph[a]?.delete(b)
  graph[b]?.delete(a)
}

const areLinked = (graph: Graph, a: number, b: number): boolean => graph[a]?.has(b) ?? false

/** Peers on a circle, each with its nearest; with an odd degree also the one opposite. */
function circulant(peers: number, degree: number): Graph {
  if (degree >= peers || (degree * peers) % 2 === 1)
    throw new RangeError(
      `topology.degree: ${peers} peers cannot have ${degree} neighbours each; allowed: less than ${peers}, and peers x degree even`,
    )
  const graph = empty(peers)
  for (let peer = 0; peer < peers; peer++) {
    for (let step = 1; step <= degree >> 1; step++) link(graph, peer, (peer + step) % peers)
    if (degree % 2 === 1) link(graph, peer, (peer + (peers >> 1)) % peers)
  }
  return graph
}

/** From a circulant graph by swapping the ends of random pairs of links, which leaves every degree as it was. */
function regular(peers: number, degree: number, random: Random): Graph {
  const graph = circulant(peers, degree)
  const links = graph.flatMap((others, a) => [...others].filter((b) => a < b).map((b) => ({ a, b })))
  for (let swaps = 0; swaps < 10 * links.length || !isConnected(graph); swaps++) {
    if (degree < 2) break
    const [one, other] = [links[integer(random, links.length)], links[integer(random, links.length)]]
    if (one === undefined || other === undefined) break
    const [a, b] = [one.a, one.b]
    const [c, d] = random.next() < 0.5 ? [other.a, other.b] : [other.b, other.a]
    if (new Set([a, b, c, d]).size < 4 || areLinked(graph, a, c) || areLinked(graph, b, d)) continue
    unlink(graph, a, b)
    unlink(graph, c, d)
    link(graph, a, c)
    link(graph, b, d)
    one.b = c
    other.a = b
    other.b = d
  }
  return graph
}

function preferential(peers: number, links: number, random: Random): Graph {
  const graph = empty(peers)
  /** Every peer once for each of its links. */
  const ends: number[] = []
  for (let peer = 1; peer < peers; peer++) {
    const chosen = new Set<number>()
    if (peer <= links) for (let earlier = 0; earlier < peer; earlier++) chosen.add(earlier)
    else while (chosen.size < links) chosen.add(ends[integer(random, ends.length)] ?? 0)
    for (const other of shuffle([...chosen], random)) {
      link(graph, peer, other)
      ends.push(peer, other)
    }
  }
  return graph
}

/** Whether a walk from peer 0 reaches everyone. */
export function isConnected(graph: readonly ReadonlySet<number>[]): boolean {
  const reached = new Set([0])
  for (const peer of reached) for (const other of graph[peer] ?? []) reached.add(other)
  return reached.size >= graph.length
}
