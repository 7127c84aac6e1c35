import type { ButtonHTMLAttributes, ReactNode } from 'react'
import styles from './button.module.css'
import { classNames } from './class-names.ts'

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'primary' | 'plain' | 'quiet'
  readonly size?: 'usual' | 'large'
  readonly children: ReactNode
}

export function Button({ look = 'plain', size = 'usual', className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={classNames(styles.button, styles[look], size === 'large' && styles.large, className)}
      {...rest}
    />
  )
}
