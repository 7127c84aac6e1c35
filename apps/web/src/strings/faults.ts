import { presets } from '@gossamer/core'
import { backends, type Parameter, type RouteFault, sampleLimits, threadLimits } from '../routes.ts'

/** The presets that this app has data for. */
const digitTasks = Object.values(presets)
  .filter(({ data }) => data.kind === 'image')
  .map(({ name }) => name)

const expected: Readonly<Record<Parameter, string>> = {
  classes: 'digits and ranges of digits, such as 0-4,7',
  samples: `a whole number from ${sampleLimits.least} to ${sampleLimits.most}`,
  seed: 'a whole number from 0 to 4294967295',
  backend: `one of ${backends.join(', ')}`,
  threads: `a whole number from ${threadLimits.least} to ${threadLimits.most}`,
  start: '1 or 0',
  key: '1 to 128 characters; the end of the link may be missing',
  signaling: 'off, or addresses that begin with ws:// or wss://',
  name: 'a name of 1 to 64 characters',
  inspect: '1 or 0',
}

const clipped = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)
const quoted = (text: string): string => `“${clipped(text)}”`

export interface Explanation {
  readonly title: string
  readonly sentence: string
  /** The way on: a label and the fragment that it leads to. */
  readonly action: { readonly label: string; readonly fragment: string }
}

const home = { label: 'Go to the start page', fragment: '#/' }

/** Why a link cannot be opened, with the value that is wrong, and the way on. */
export function explainFault(fault: RouteFault): Explanation {
  const title = 'This link cannot be opened as it is'
  switch (fault.type) {
    case 'unknown-page':
      return {
        title: 'There is nothing at this address',
        sentence: `No page is called ${quoted(fault.path)}.`,
        action: home,
      }
    case 'unknown-task':
      return {
        title,
        sentence: `It names the task ${quoted(fault.name)}, which this app does not know. It knows ${digitTasks.join(' and ')}.`,
        action: home,
      }
    case 'bad-task':
      return {
        title,
        sentence: `Its description of the task ${quoted(fault.name)} cannot be used: ${clipped(fault.reason)}. Ask for the link again.`,
        action: home,
      }
    case 'no-data':
      return {
        title,
        sentence: `The task ${quoted(fault.name)} needs data that this app does not have: it has handwritten digits only.`,
        action: home,
      }
    case 'bad-value':
      return {
        title,
        sentence: `It says ${fault.parameter}=${clipped(fault.value)}, but ${fault.parameter} must be ${expected[fault.parameter]}.`,
        action:
          fault.parameter === 'key'
            ? home
            : { label: `Open it without ${fault.parameter}`, fragment: fault.without },
      }
  }
}
