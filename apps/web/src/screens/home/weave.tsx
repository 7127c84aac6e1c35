import { useId } from 'react'
import { home } from '../../strings/home.ts'
import styles from './weave.module.css'

const left = [0, 1, 2, 3, 4]
const right = [5, 6, 7, 8, 9]
const rowY = (row: number): number => 72 + row * 68
const leftX = 112
const rightX = 448

/** A thread from a digit on the left to one on the right; the slack differs, so that no two lie on each other. */
const thread = (from: number, to: number): string => {
  const slack = 22 * Math.sin(from * 2.4 + to * 1.7)
  const [y0, y1] = [rowY(from), rowY(to)]
  return `M${leftX} ${y0}C${leftX + 150} ${y0 + slack} ${rightX - 150} ${y1 + slack} ${rightX} ${y1}`
}

const threads = left.flatMap((_, from) =>
  right.map((_, to) => ({ id: `${from}${to}`, path: thread(from, to) })),
)
const drops = ['04', '31', '22', '40', '13', '34']

function Tab({
  x,
  digits,
  label,
  className,
}: {
  x: number
  digits: readonly number[]
  label: string
  className?: string | undefined
}) {
  return (
    <g className={className}>
      <rect className={styles.tab} x={x} y="20" width="96" height="388" rx="16" />
      <path className={styles.bar} d={`M${x} 42h96`} />
      <g className={styles.lights}>
        <circle cx={x + 16} cy="31" r="2.5" />
        <circle cx={x + 25} cy="31" r="2.5" />
        <circle cx={x + 34} cy="31" r="2.5" />
      </g>
      {digits.map((digit, row) => (
        <text key={digit} className={styles.digit} x={x + 48} y={rowY(row) + 15}>
          {digit}
        </text>
      ))}
      <text className={styles.label} x={x + 48} y="432">
        {label}
      </text>
    </g>
  )
}

/** The product as a picture: two tabs with different digits, and a thread from each digit to every other. */
export function Weave() {
  const id = useId()
  return (
    <svg className={styles.weave} viewBox="0 0 560 444" role="img" aria-label={home.weave.summary}>
      <defs>
        <linearGradient id={id} gradientUnits="userSpaceOnUse" x1={leftX} x2={rightX} y1="0" y2="0">
          <stop offset="0" stopColor="var(--mine)" />
          <stop offset="1" stopColor="var(--merged)" />
        </linearGradient>
      </defs>
      <g fill="none" stroke={`url(#${id})`}>
        {threads.map((each, i) => (
          <path
            key={each.id}
            className={styles.thread}
            d={each.path}
            pathLength="1"
            style={{ animationDelay: `${i * 45}ms` }}
          />
        ))}
      </g>
      {drops.map((drop, i) => {
        const path = threads.find((each) => each.id === drop)?.path ?? ''
        return (
          <circle
            key={drop}
            className={i % 2 === 0 ? styles.drop : styles.dropBack}
            r="3"
            style={{ offsetPath: `path("${path}")`, animationDelay: `${1.2 + i * 1.1}s` }}
          />
        )
      })}
      <Tab x={16} digits={left} label={home.weave.here} className={styles.here} />
      <Tab x={448} digits={right} label={home.weave.there} className={styles.there} />
    </svg>
  )
}
