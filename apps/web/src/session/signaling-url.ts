/**
 * Where signaling is when the link does not say: on the server that served the page. Vite's development server
 * has none, so there it is looked for on the port that `npm start` uses.
 */
export function defaultSignaling(
  { protocol, host, hostname }: Pick<Location, 'protocol' | 'host' | 'hostname'>,
  isDevelopment: boolean,
): string {
  const scheme = protocol === 'https:' ? 'wss:' : 'ws:'
  return isDevelopment ? `${scheme}//${hostname}:8787` : `${scheme}//${host}`
}
