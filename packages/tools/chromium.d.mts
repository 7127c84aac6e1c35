/** The path of a Chromium that can be started here, or undefined. */
export declare function findChromium(): string | undefined

/** Finds a Chromium or installs one. Throws where neither is possible. */
export declare function requireChromium(): string

/** What a headless Chromium needs to train on WebGPU and to connect tabs over loopback, also as root. */
export declare const chromiumFlags: string[]
