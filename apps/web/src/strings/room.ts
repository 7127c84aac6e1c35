import { count, counted, digitList, percent } from './format.ts'

/** The fixed words of the Room screen. */
export const roomWords = {
  documentTitle: (word: string): string => `${word} · Gossamer`,
  start: 'Start',
  pause: 'Pause',
  resume: 'Go on',
  invite: 'Invite',
  help: 'Help',
  stats: {
    title: 'Figures',
    elapsed: 'Trained',
    peers: 'Peers',
    merges: 'Merges',
    steps: 'Steps',
    speed: 'Samples/s',
    down: 'Down',
    up: 'Up',
  },
  problems: 'Good to know',
  knowledge: {
    title: 'What the models know',
    mine: 'Mine',
    merged: 'Merged',
    unseen: 'Not in my data',
    seen: 'In my data',
    waiting: 'not measured yet',
    legendMine: 'trains here, on your digits only',
    legendMerged: 'averaged with what peers learned: the one to use',
  },
  curves: {
    title: 'Learning curves',
    accuracy: 'Accuracy on test digits',
    loss: 'Loss on training digits',
    mine: 'mine',
    merged: 'merged',
    unseen: 'merged, on digits not in my data',
    lossTrace: 'loss',
    firstMerge: 'first merge',
    axis: 'Draw by',
    bySteps: 'Steps',
    byTime: 'Time',
    smoothing: 'Smoothing',
  },
  data: {
    title: 'My data',
    preview: (shown: number, all: number): string => `${shown} of your ${count(all)} training digits`,
    dealt: (classes: readonly number[]): string => `The room dealt you ${digitList(classes)}.`,
    chosen: (classes: readonly number[]): string => `You chose ${digitList(classes)}.`,
    fetching: 'Being fetched. They are kept in this tab only.',
    histogram: 'Examples of each digit',
    promise: 'None of them ever leaves this device.',
  },
  peers: {
    title: 'Peers',
    you: 'you',
    nobody: 'Nobody else is here.',
    nobodyNote: 'Send someone the link, or open it in a second tab: it starts with digits that you lack.',
    name: 'Name',
    state: 'State',
    rtt: 'Round trip',
    down: 'Down',
    up: 'Up',
    inAll: (total: string): string => `${total} in all`,
    steps: 'Steps',
    lastMerge: 'Last merge',
    standing: 'Standing',
    states: { joining: 'Joining', connected: 'Connected', suspect: 'Gone quiet' },
    never: 'none yet',
    unknown: '–',
    nameless: 'nameless',
  },
  log: { title: 'What happened', empty: 'Nothing yet.' },
  traffic: {
    title: 'Traffic',
    kind: 'Kind',
    sent: 'Sent',
    received: 'Received',
    total: 'Total',
    none: 'Nothing has been sent or received.',
    note: 'Every byte is counted. There is no kind for your examples, because they are never sent.',
    rejected: 'Turned away',
    noneRejected: 'Nothing has been turned away.',
  },
  engine: {
    title: 'Engine',
    backend: 'Trains on',
    adapter: 'Device',
    why: 'Why',
    epochs: 'Epochs',
    every: 'Exchange every',
    signaling: 'Introductions',
    you: 'You are',
    signalingStates: { connected: 'connected', retrying: 'away, trying again', off: 'not used' },
    pending: 'being chosen',
  },
  model: {
    title: 'Model',
    download: 'Download the model',
    downloadNote: 'The merged model as model.json and weights.bin; tf.loadLayersModel reads them.',
    downloading: 'Preparing…',
    downloaded: 'Saved as model.json and weights.bin.',
    settle: 'Finish: agree on one model',
    settleNote: 'Ends training and averages with your neighbours until you all hold the same model.',
    settling: 'Agreeing…',
    settled: 'Done. Your merged model is the one you agreed on.',
    failed: (detail: string): string => `That did not work: ${detail}`,
  },
  failed: {
    data: 'The digits could not be loaded.',
    dataNext:
      'Check the connection to the server and try again. If you run it yourself, npm run build makes the data files.',
    session: 'The room could not be opened.',
    sessionNext: 'Try again, or open it with backend=cpu in the link. Training needs a current browser.',
    retry: 'Try again',
    home: 'Go to the start page',
  },
  inviteDialog: {
    title: 'Invite someone',
    note: 'Whoever opens this link starts at once, with digits of their own.',
    link: 'Link to this room',
    copy: 'Copy link',
    copied: 'Copied',
    share: 'Share…',
    secret: 'Anyone who has the link can join. Its key sits behind the #, which never reaches a server.',
    shareTitle: 'Train a model with me',
  },
  helpDialog: {
    title: 'Help',
    keys: [
      ['P', 'Start or pause'],
      ['I', 'Invite'],
      ['?', 'This help'],
      ['Esc', 'Close'],
    ],
    terms: [
      ['Mine', 'The model that trains in this tab. It only ever sees your digits, and what merges bring.'],
      ['Merged', 'The average of your model and of those that peers sent. Use and download this one.'],
      ['Accuracy', 'Share of test digits, which nobody trains on, that a model recognises.'],
      ['Loss', 'How wrong the model is on your training digits. It should fall.'],
      ['Merge', 'A peer’s weights were checked and averaged into yours.'],
      ['Standing', 'How well a peer keeps to the protocol. At 0 % it is dropped.'],
    ],
  },
} as const

const share = (value: number | undefined): string =>
  value === undefined ? 'not measured yet' : percent(value)

export const accuracySummary = (now: {
  readonly steps: number
  readonly mine: number | undefined
  readonly merged: number | undefined
  readonly unseen: number | undefined
}): string =>
  `Accuracy after ${counted(now.steps, 'step')}: mine ${share(now.mine)}, merged ${share(now.merged)}${
    now.unseen === undefined ? '' : `, merged on digits not in my data ${share(now.unseen)}`
  }.`

export const lossSummary = (steps: number, loss: number): string =>
  Number.isFinite(loss)
    ? `Training loss after ${counted(steps, 'step')}: ${loss.toFixed(3)}.`
    : 'Training loss: nothing measured yet.'

export const classSummary = (each: {
  readonly label: number
  readonly isUnseen: boolean
  readonly mine: number | undefined
  readonly merged: number | undefined
}): string =>
  `Digit ${each.label}${each.isUnseen ? ', not in my data' : ''}: mine ${share(each.mine)}, merged ${share(each.merged)}`
