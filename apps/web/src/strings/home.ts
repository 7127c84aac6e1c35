export const home = {
  documentTitle: 'Gossamer: browser tabs that learn from each other',
  title: 'Browser tabs that learn from each other.',
  lead: 'Each tab trains on data that never leaves it, and swaps what it learned with other tabs, until every tab knows what all of them saw.',
  start: 'Start',
  startNote: 'Handwritten digits are built in. No account, no upload, nothing to install.',
  weave: {
    summary:
      'Two tabs: this one holds the digits 0 to 4, another one 5 to 9. Threads run from every digit of one to every digit of the other.',
    here: 'this tab',
    there: 'another tab',
  },
  setup: {
    title: 'Set up your tab',
    task: 'Model',
    classes: 'Digits to train on',
    deal: 'Let the room deal them out',
    dealNote:
      'The first tab gets 0 to 4, the second 5 to 9, and so on: each starts with something the others lack.',
    choose: 'Choose',
    chooseNote: 'Leave some out: watching them being learned from others is the point.',
    none: 'Choose at least one digit.',
    samples: 'Training examples',
    name: 'Your name in the room',
    namePlaceholder: 'A random one',
    start: 'Open the room and start',
  },
  join: {
    title: 'Join with a link',
    note: 'Someone invited you? Paste the link here, or simply open it.',
    label: 'Invitation link',
    submit: 'Join',
    reasons: {
      empty: 'Paste a link first.',
      'no-room': 'This is not a link to a room. It should contain #/room/.',
      'no-key': 'This link has no room key, so it meets nobody. Ask for the link from the Invite button.',
    },
  },
  privacy: {
    title: 'What leaves this device',
    leaves: 'What other tabs in the room see',
    stays: 'What never leaves',
    leavesList: [
      'Model weights, compressed: about 50 kB an exchange by the standard rule. Weights are not data, but a determined attacker can infer something about the data from them.',
      'Your IP address, since tabs connect to each other directly. The server that introduces them sees it too.',
      'The name you choose here, how many examples you train on, and how many steps you have made.',
    ],
    staysList: [
      'Your examples and their labels: not one pixel is sent.',
      'The key of the room: it sits behind the # of the link, which browsers do not send to servers.',
      'Who you are: there is no account, no cookie, and nothing that counts visits.',
    ],
    note: 'The server introduces tabs to each other and then steps aside. No weights pass through it.',
  },
} as const

export interface TaskText {
  readonly title: string
  readonly note: string
}

const taskTexts: Readonly<Record<string, TaskText>> = {
  mnist: { title: 'Dense network', note: '50,890 parameters. Fast on any device.' },
  'mnist-cnn': { title: 'Convolutional network', note: '56,714 parameters. More accurate; best with a GPU.' },
}

export const taskText = (name: string): TaskText =>
  (Object.hasOwn(taskTexts, name) ? taskTexts[name] : undefined) ?? { title: name, note: '' }
