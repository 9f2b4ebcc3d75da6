/** Stands in for that of Node: bytes, as a page has them. */
export const Buffer = { from: (text: string): Uint8Array => new TextEncoder().encode(text) }
