/** Words of parts that every screen shares. */
export const uiWords = { close: 'Close', brand: 'Gossamer, start page' } as const
