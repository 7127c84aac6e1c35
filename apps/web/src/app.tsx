import { useEffect, useMemo } from 'react'
import { rewriteFragment, useFragment } from './fragment.ts'
import { formatRoute, parseRoute } from './routes.ts'
import { FaultScreen } from './screens/fault/fault-screen.tsx'
import { HomeScreen } from './screens/home/home-screen.tsx'
import { RoomScreen } from './screens/room/room-screen.tsx'
import { freshRoomKey } from './session/room-key.ts'

/** One screen for each kind of route. A room without a key gets a fresh one, in the URL, before it opens. */
export function App() {
  const fragment = useFragment()
  const route = useMemo(() => parseRoute(fragment), [fragment])
  const keyless = route.type === 'room' && route.room.key === undefined ? route.room : undefined

  useEffect(() => {
    if (keyless !== undefined) rewriteFragment(formatRoute({ ...keyless, key: freshRoomKey() }))
  }, [keyless])

  switch (route.type) {
    case 'home':
      return <HomeScreen />
    case 'fault':
      return <FaultScreen fault={route.fault} />
    case 'room': {
      const { key } = route.room
      return key === undefined ? null : <RoomScreen key={fragment} route={{ ...route.room, key }} />
    }
  }
}
