#!/usr/bin/env node
import { networkInterfaces } from 'node:os'
import { parseArgs } from 'node:util'
import { defaultLimits } from './limits.ts'
import { startSignaling } from './server.ts'

const usage = `Usage: gossamer-signaling [options]
  --static DIR              serve a built web app on the same port
  --port N                  default: PORT, or 8787
  --host ADDRESS            default: all interfaces
  --origin ORIGIN           may connect; repeat for several; default: all
  --join-token TOKEN        asked of every peer (also: JOIN_TOKEN)
  --trust-proxy             count connections by X-Forwarded-For
  --connections-per-ip N    default: ${defaultLimits.connectionsPerAddress}
  --joins-per-ip N          in 10 seconds; default: ${defaultLimits.joinsPerAddress.burst}
  --stun URL                handed to every peer; repeat for several`

const { values } = parseArgs({
  options: {
    static: { type: 'string' },
    port: { type: 'string' },
    host: { type: 'string' },
    origin: { type: 'string', multiple: true },
    'join-token': { type: 'string' },
    'trust-proxy': { type: 'boolean' },
    'connections-per-ip': { type: 'string' },
    'joins-per-ip': { type: 'string' },
    stun: { type: 'string', multiple: true },
    help: { type: 'boolean' },
  },
})

const env: { readonly PORT?: string; readonly JOIN_TOKEN?: string } = process.env

function wholeNumber(name: string, given: string | undefined, otherwise: number): number {
  if (given === undefined || given === '') return otherwise
  const value = Number(given)
  if (Number.isInteger(value) && value >= 0) return value
  console.error(`${name} must be a whole number, not "${given}".`)
  process.exit(2)
}

if (values.help) {
  console.log(usage)
  process.exit(0)
}

const port = wholeNumber('The port', values.port ?? env.PORT, 8787)
const joins = wholeNumber('--joins-per-ip', values['joins-per-ip'], defaultLimits.joinsPerAddress.burst)
const signaling = await startSignaling({
  port,
  ...(values.host === undefined ? {} : { host: values.host }),
  staticDirectory: values.static,
  origins: values.origin,
  joinToken: values['join-token'] ?? env.JOIN_TOKEN,
  trustProxy: values['trust-proxy'] ?? false,
  iceServers: (values.stun ?? []).map((urls) => ({ urls })),
  limits: {
    connectionsPerAddress: wholeNumber(
      '--connections-per-ip',
      values['connections-per-ip'],
      defaultLimits.connectionsPerAddress,
    ),
    joinsPerAddress: { burst: joins, perSecond: joins / 10 },
  },
}).catch((error: NodeJS.ErrnoException) => {
  console.error(
    error.code === 'EADDRINUSE'
      ? `Port ${port} is taken. Choose another: PORT=8788 npm start`
      : `The server could not start: ${error.message}`,
  )
  process.exit(1)
})

console.log(`Gossamer is at ${signaling.url}`)
for (const addresses of Object.values(networkInterfaces())) {
  for (const { address, family, internal } of addresses ?? []) {
    if (family === 'IPv4' && !internal) console.log(`  on this network: http://${address}:${signaling.port}`)
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void signaling.close().then(() => process.exit(0)))
}
