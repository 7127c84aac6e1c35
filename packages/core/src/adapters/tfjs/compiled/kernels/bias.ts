import type { Binding } from '../kernel.ts'
import { elementOf, isAligned, load4 } from '../wgsl.ts'

/** Where the bias of a layer lies: behind its weights in the parameters, in a buffer `bias`, or nowhere. */
export type BiasPlace = 'behind' | 'apart' | 'none'

interface Bias {
  readonly bindings: readonly Binding[]
  /** WGSL for that of four neighbouring units, from the expression `unit` on. */
  load(unit: string): string
}

/** `behind` is the WGSL that loads it from behind the weights. */
export function biasOf(place: BiasPlace, units: number, behind: (unit: string) => string): Bias {
  switch (place) {
    case 'behind':
      return { bindings: [], load: behind }
    case 'apart': {
      const whole = isAligned(units)
      return {
        bindings: [{ name: 'bias', buffer: 'bias', element: elementOf(whole), access: 'read' }],
        load: (unit) => load4('bias', whole, unit),
      }
    }
    case 'none':
      return { bindings: [], load: () => 'vec4f(0)' }
  }
}
