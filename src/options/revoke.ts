// What an app may say of a revocation. Types only.

/** The options of `revoke`. */
export interface RevokeOptions {
  /** After how many ms it ends by itself. With an id and an engine that outlives the process it holds until then, also over restarts. @default never */
  readonly expiresIn?: number | undefined
}
