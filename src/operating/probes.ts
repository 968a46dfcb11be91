// The answers to whoever watches the process over HTTP: is it alive, is it ready, what are its numbers.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Health } from '../hub/health'
import { warn } from '../log'
import { metricsType } from './metrics'

/** What is asked of a cable. */
export interface Probed {
  health(): Health
  metrics(): Promise<string>
}

/** Answers a GET or HEAD of one path. */
export type Probe = (request: IncomingMessage, response: ServerResponse) => void

/** `/health` is 200 while the process answers; `/ready` is 503 while nobody should be sent here; `/metrics` is for Prometheus. */
export function probes(cable: Probed): Readonly<Record<'/health' | '/ready' | '/metrics', Probe>> {
  return {
    '/health': (_request, response) => json(response, 200, cable.health()),
    '/ready': (_request, response) => {
      const health = cable.health()
      json(response, health.ready ? 200 : 503, health)
    },
    '/metrics': (_request, response) => {
      cable.metrics().then(
        (text) => answer(response, 200, metricsType, text),
        (error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error)
          warn(`/metrics: ${reason}`)
          answer(response, 501, 'text/plain; charset=utf-8', `${reason}\n`)
        },
      )
    },
  }
}

function json(response: ServerResponse, status: number, health: Health): void {
  answer(response, status, 'application/json; charset=utf-8', `${JSON.stringify(health)}\n`)
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body)
}
