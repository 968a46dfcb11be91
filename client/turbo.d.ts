// @hotwired/turbo ships no types; this is the part of it that we call.

declare module '@hotwired/turbo' {
  export function renderStreamMessage(message: string): void
}
