const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

export const count = (value: number): string => whole.format(value)

/** '1 peer', '2 peers'. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${whole.format(value)} ${value === 1 ? one : many}`

/** 0.9234 as '92.3 %', with as many digits at every size, so that columns stay still. */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** 0.9234 as '92 %'. */
export const roundPercent = (share: number): string => `${Math.round(share * 100)} %`

const units = ['B', 'kB', 'MB', 'GB', 'TB']

export function bytes(value: number): string {
  let scaled = value
  let power = 0
  while (scaled >= 999.5 && power < units.length - 1) {
    scaled /= 1000
    power++
  }
  const digits = power === 0 || scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2
  return `${scaled.toFixed(digits)} ${units[power]}`
}

export const rate = (bytesPerSecond: number): string => `${bytes(bytesPerSecond)}/s`

/** 3725 s as '1:02:05', 65 s as '1:05'. */
export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

export const significant = (value: number): string => short.format(value)

export const ago = (ms: number): string => (ms < 1500 ? 'just now' : `${clock(ms)} ago`)

/** [0, 1, 2, 3, 4, 7] as '0 to 4 and 7'. */
export function digitList(classes: readonly number[]): string {
  const parts: string[] = []
  for (let i = 0; i < classes.length; ) {
    let end = i
    while (classes[end + 1] === (classes[end] ?? Number.NaN) + 1) end++
    if (end - i >= 2) parts.push(`${classes[i]} to ${classes[end]}`)
    else parts.push(...classes.slice(i, end + 1).map(String))
    i = end + 1
  }
  const last = parts.at(-1) ?? ''
  return parts.length <= 1 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`
}
