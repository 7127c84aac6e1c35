import type { Snapshot } from '@gossamer/core'
import { createSeries, type Series } from '../charts/series.ts'
import { meanOver, unseenClasses } from './unseen.ts'

export interface Moment {
  readonly steps: number
  readonly seconds: number
}

/** The curves of a session, by steps and by seconds of training. */
export interface History {
  readonly loss: Series
  readonly mine: Series
  readonly merged: Series
  /** The merged model on the classes that this peer has no examples of. */
  readonly unseen: Series
  /** When the first merge came; undefined before it, and where a resumed session had it in an earlier life. */
  firstMerge(): Moment | undefined
  /** Takes what a snapshot adds to the curves. */
  record(snapshot: Snapshot, seconds: number): void
}

/** An unchanged accuracy is drawn again only after this long: evaluations come far apart, snapshots do not. */
const repeatSeconds = 2

export function createHistory(): History {
  const loss = createSeries()
  const mine = createSeries()
  const merged = createSeries()
  const unseen = createSeries()
  let firstMerge: Moment | undefined
  let hasSeenUnmerged = false

  const appendChange = (series: Series, moment: Moment, value: number | undefined): void => {
    if (value === undefined) return
    const last = series.last()
    if (last !== undefined && last.value === value && moment.seconds - last.seconds < repeatSeconds) return
    series.append({ ...moment, value })
  }

  return {
    loss,
    mine,
    merged,
    unseen,
    firstMerge: () => firstMerge,
    record(snapshot, seconds) {
      const moment: Moment = { steps: snapshot.steps, seconds }
      if (snapshot.steps > (loss.last()?.steps ?? 0)) loss.append({ ...moment, value: snapshot.own.loss })
      appendChange(mine, moment, snapshot.own.accuracy)
      appendChange(merged, moment, snapshot.served?.accuracy)
      appendChange(
        unseen,
        moment,
        meanOver(snapshot.served?.perClass, unseenClasses(snapshot.ownClassCounts)),
      )
      if (snapshot.merges === 0) hasSeenUnmerged = true
      else if (hasSeenUnmerged) firstMerge ??= moment
    },
  }
}
