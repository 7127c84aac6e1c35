/** A fresh room key: 16 random bytes as base64url, 22 characters. */
export function freshRoomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** A fresh seed for a tab whose link names none. */
export const freshSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
