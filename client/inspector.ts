// What the inspector's own page does by itself: filter, pause, fill the form, and say with restraint what has come. What it shows
// comes as on any other page.

import { Application, Controller } from '@hotwired/stimulus'
import { visit } from '@hotwired/turbo'

/** How often a screen reader is told how much has come, ms. */
const restraint = 15_000

/** Under which it is noted when the page was loaded anew. */
const renewed = 'turbo-cable-inspector'

class InspectorController extends Controller<HTMLElement> {
  static override targets = ['pause', 'filter', 'status', 'form']

  declare readonly pauseTarget: HTMLButtonElement
  declare readonly filterTarget: HTMLInputElement
  declare readonly statusTarget: HTMLElement
  declare readonly formTarget: HTMLFormElement

  /** Filters by a rule of CSS: so it holds for whatever comes, and nothing that is morphed can undo it. */
  readonly #sheet = new CSSStyleSheet()
  readonly #listeners = new AbortController()
  #held = 0
  #came = 0
  #telling: ReturnType<typeof setTimeout> | undefined

  override connect(): void {
    const { signal } = this.#listeners
    document.adoptedStyleSheets.push(this.#sheet)
    document.addEventListener('turbo:before-stream-render', (event) => this.#before(event as StreamEvent), { signal })
    document.addEventListener('turbo-cable:rejected', () => this.#renew(), { signal })
    this.filter()
  }

  override disconnect(): void {
    this.#listeners.abort()
    clearTimeout(this.#telling)
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet)
  }

  /** Shows those alone that have all words of the filter. */
  filter(): void {
    const words = this.filterTarget.value.toLowerCase().split(/\s+/).filter(Boolean)
    const lacking = words.map((word) => `[data-text]:not([data-text*="${CSS.escape(word)}"])`)
    this.#sheet.replaceSync(lacking.length > 0 ? `${lacking.join()} { display: none }` : '')
  }

  /** Shows one stream alone, or all again. */
  only({ currentTarget }: Event): void {
    const name = (currentTarget as HTMLElement).textContent ?? ''
    this.filterTarget.value = this.filterTarget.value === name ? '' : name
    this.filter()
  }

  /** Lets everything stand still; the second time the page catches up by fetching itself. */
  pause(): void {
    const paused = !this.#paused
    this.pauseTarget.setAttribute('aria-pressed', String(paused))
    this.pauseTarget.textContent = paused ? 'Go on' : 'Pause'
    this.#say(paused ? 'Paused' : 'Going on')
    if (paused || this.#held === 0) return
    this.#held = 0
    this.#reload()
  }

  /** Puts a broadcast into the form, to be sent again. */
  again({ currentTarget }: Event): void {
    const button = currentTarget as HTMLButtonElement
    const form = this.formTarget
    const field = <Type extends Element>(name: string) => form.elements.namedItem(name) as unknown as Type
    const data = field<HTMLTextAreaElement>('data')
    field<HTMLInputElement>('stream').value = button.dataset.stream ?? ''
    field<HTMLInputElement>('json').checked = button.dataset.json !== ''
    data.value = button.closest('figure')?.querySelector('code')?.textContent ?? ''
    data.focus()
  }

  get #paused(): boolean {
    return this.pauseTarget.getAttribute('aria-pressed') === 'true'
  }

  #before(event: StreamEvent): void {
    const { action, target, templateContent } = event.target
    const isEntry = action === 'prepend' && target === 'entries'
    const fresh = isEntry ? templateContent.children.length : 0
    if (this.#paused && target !== 'sent') {
      event.preventDefault()
      this.#held += Math.max(1, fresh)
      if (isEntry) this.pauseTarget.textContent = 'Go on (there is more)'
    } else if (isEntry) this.#tell(fresh)
  }

  #tell(fresh: number): void {
    this.#came += fresh
    this.#telling ??= setTimeout(() => {
      this.#say(this.#came === 1 ? '1 new entry' : `${this.#came} new entries`)
      this.#came = 0
      this.#telling = undefined
    }, restraint)
  }

  #say(text: string): void {
    this.statusTarget.textContent = text
  }

  // Its token is of another life of the server: only a new page has a new one. Where that is no use either, once is enough.
  #renew(): void {
    const last = Number(sessionStorage.getItem(renewed))
    if (Date.now() - last < restraint) return
    sessionStorage.setItem(renewed, String(Date.now()))
    location.reload()
  }

  #reload(): void {
    visit(location.href, { action: 'replace' })
  }
}

type StreamEvent = CustomEvent & {
  target: HTMLElement & { action: string; target: string | null; templateContent: DocumentFragment }
}

const page = window as Window & { Stimulus?: Application }
page.Stimulus ??= Application.start()
page.Stimulus.register('inspector', InspectorController)
