// What the connection knows of time: the global object has it, and a test has another.

export interface Clock {
  Date: { now(): number }
  setTimeout(callback: () => void, milliseconds: number): unknown
  clearTimeout(timer: unknown): void
}
