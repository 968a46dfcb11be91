// @hotwired/turbo ships no types; this is the part of it that we call.

declare module '@hotwired/turbo' {
  export function renderStreamMessage(message: string): void
  export function fetch(url: string, options: object): Promise<Response>
  export interface Visit {
    state: string
    response?: { statusCode: number }
  }
  export const navigator: {
    currentVisit?: Visit
    formSubmission?: { state: string }
    startVisit(location: string, restorationIdentifier: string | undefined, options: object): void
  }
  export const session: { recentRequests: Set<string | null>; clearCache(): void }
  export function visit(location: string, options: object): void
}
