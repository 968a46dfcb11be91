// The shape of a signed name: data, two dashes, and a digest. Who signed it is for signer.ts to find out.

/** The two parts of a signed name. */
export interface SignedParts {
  /** Base64, as Rails writes it, or base64url. */
  readonly data: string
  /** 64 lower-case hex digits. */
  readonly digest: string
}

/** `splitSigned('ImNoYXQi--f9ee45db…') // → { data: 'ImNoYXQi', digest: 'f9ee45db…' }`; undefined for what has another shape. */
export function splitSigned(name: string): SignedParts | undefined {
  // The digest is what ends it: base64url data may itself contain "--".
  const split = name.length - 66
  if (split < 1 || !/^--[0-9a-f]{64}$/.test(name.slice(split))) return undefined
  return { data: name.slice(0, split), digest: name.slice(split + 2) }
}

/** The JSON in the data of a signed name, or undefined where there is none. `signedValue('ImNoYXQi') // → 'chat'` */
export function signedValue(data: string): unknown {
  try {
    // Buffer reads both base64 and base64url, as Rails does.
    return JSON.parse(Buffer.from(data, 'base64').toString())
  } catch {
    return undefined
  }
}
