import { presets } from '@gossamer/core'
import { useEffect } from 'react'
import { goTo } from '../../fragment.ts'
import { formatRoute, sampleLimits } from '../../routes.ts'
import { home } from '../../strings/home.ts'
import { Brand } from '../../ui/brand.tsx'
import { Button } from '../../ui/button.tsx'
import styles from './home-screen.module.css'
import { JoinByLink } from './join-by-link.tsx'
import { Privacy } from './privacy.tsx'
import { Setup } from './setup.tsx'
import { Weave } from './weave.tsx'

function startAtOnce(): void {
  const [task] = Object.values(presets)
  if (task !== undefined)
    goTo(formatRoute({ task, samples: sampleLimits.usual, backend: 'auto', start: true, inspect: false }))
}

export function HomeScreen() {
  useEffect(() => {
    document.title = home.documentTitle
  }, [])
  return (
    <div className={styles.screen}>
      <header>
        <Brand />
      </header>
      <main className={styles.main}>
        <div className={styles.hero}>
          <div className={styles.pitch}>
            <h1>{home.title}</h1>
            <p className={styles.lead}>{home.lead}</p>
            <div className={styles.start}>
              <Button look="primary" size="large" onClick={startAtOnce}>
                {home.start}
              </Button>
              <p>{home.startNote}</p>
            </div>
          </div>
          <Weave />
        </div>
        <div className={styles.columns}>
          <div className={styles.column}>
            <Setup />
            <JoinByLink />
          </div>
          <Privacy />
        </div>
      </main>
    </div>
  )
}
