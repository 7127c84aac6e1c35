/** What parts of an example a message counts in. */
const partsOfExample = 256

/** A neighbour may claim any mass: more or less than this many times what this peer stands for counts as so much. */
const mostTimes = 100

/** Mass on its way, and what the message says of it. */
export interface Gift {
  readonly mass: number
  readonly said: number
}

const said = (mass: number): number => Math.round(partsOfExample * mass)

/**
 * The examples that a served model speaks for in the final merge: its mass, n at first. Push-sum (Kempe, Dobra and
 * Gehrke 2003) with answers: half of the mass leaves with each model, and whoever takes it moves
 * R <- R + m' / (m + m') (R' - R), m <- m + m'. So the sum of all masses and the sum of mass x model stay as they are, in
 * whatever order messages overlap, and all peers come to sum(n R) / sum(n). Where a message is lost, so is what
 * it carried.
 */
export class Agreement {
  readonly #samples: number
  #mass: number

  /** @param samples own examples, n */
  constructor(samples: number) {
    this.#samples = Math.max(1, samples)
    this.#mass = this.#samples
  }

  /** What a model says that it stands for, where nothing of it leaves. */
  get said(): number {
    return said(this.#mass / 2)
  }

  /** Half of the mass leaves. */
  give(): Gift {
    const mass = this.#mass / 2
    this.#mass -= mass
    return { mass, said: said(mass) }
  }

  /** What left did not arrive, or what came for it was refused. */
  takeBack({ mass }: Gift): void {
    this.#mass += mass
  }

  /** The share of the way to a model of which this was said and that is preferred so many times. */
  shareOf(said: number, preference = 1): number {
    const theirs = preference * this.#counted(said)
    return theirs / (this.#mass + theirs)
  }

  /** A model of which this was said was taken. */
  take(said: number): void {
    this.#mass += this.#counted(said)
  }

  /** Training goes on: the model stands for own examples again. */
  reset(): void {
    this.#mass = this.#samples
  }

  #counted(said: number): number {
    const here = Math.max(this.#samples, this.#mass)
    return Math.min(mostTimes * here, Math.max(here / mostTimes, said / partsOfExample))
  }
}
