// The seam between a broadcast and the templates of an app. Types only.

/** What a partial sees, by name: `{ message }`. */
export type Locals = Readonly<Record<string, unknown>>

/** Renders partials: an Express app's view engine, one of our own, or a function of the app's. */
export interface Renderer {
  /** The partial as HTML. Rejects with `TURBO_CABLE_PARTIAL_MISSING` or `TURBO_CABLE_RENDER_FAILED`. */
  render(partial: string, locals: Locals): Promise<string>
}

/** An app's own way to render: `(partial, locals) => nunjucks.render(`${partial}.njk`, locals)`. */
export type RenderFunction = (partial: string, locals: Record<string, unknown>) => string | Promise<string>
