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

const append = (series: Series, moment: Moment, value: number | undefined): void => {
  if (value !== undefined) series.append({ ...moment, value })
}

export function createHistory(): History {
  const loss = createSeries()
  const mine = createSeries()
  const merged = createSeries()
  const unseen = createSeries()
  let firstMerge: Moment | undefined
  let hasSeenUnmerged = false
  let measured = ''

  return {
    loss,
    mine,
    merged,
    unseen,
    firstMerge: () => firstMerge,
    record(snapshot, seconds) {
      const moment: Moment = { steps: snapshot.steps, seconds }
      if (snapshot.steps > (loss.last()?.steps ?? 0)) loss.append({ ...moment, value: snapshot.own.loss })
      // Snapshots come far more often than measurements: only a new measurement is a point.
      const { own, served } = snapshot
      const measurement = `${own.accuracy} ${served?.loss} ${served?.accuracy}`
      if (measurement !== measured) {
        measured = measurement
        append(mine, moment, own.accuracy)
        append(merged, moment, served?.accuracy)
        append(unseen, moment, meanOver(served?.perClass, unseenClasses(snapshot.ownClassCounts)))
      }
      if (snapshot.merges === 0) hasSeenUnmerged = true
      else if (hasSeenUnmerged) firstMerge ??= moment
    },
  }
}
