const colours = [
  'Amber',
  'Ashen',
  'Azure',
  'Copper',
  'Coral',
  'Dusky',
  'Golden',
  'Hazel',
  'Indigo',
  'Ivory',
  'Misty',
  'Pearl',
  'Russet',
  'Silver',
  'Umber',
  'Verdant',
]
const spinners = [
  'Spider',
  'Silkmoth',
  'Weaver',
  'Lacewing',
  'Wren',
  'Dormouse',
  'Bowerbird',
  'Tailorbird',
  'Caddis',
  'Orb-weaver',
  'Mayfly',
  'Damselfly',
  'Sunbird',
  'Vole',
  'Otter',
  'Heron',
]

const pick = (words: readonly string[], number: number): string => words[number % words.length] ?? ''

/** A friendly name for a tab whose owner gave none, from any non-negative integer. */
export const nickname = (number: number): string =>
  `${pick(colours, number)} ${pick(spinners, Math.floor(number / colours.length))}`
