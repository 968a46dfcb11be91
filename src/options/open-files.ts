// How many files this process may have open: each connection is one.

import { readFileSync } from 'node:fs'

// What the app has open beside its connections: at least so many, and a fifth of all.
const ownFiles = 100

let known: { readonly limit: number | undefined } | undefined

/** How many files this process may have open; undefined where nobody can tell. Node has raised it as far as it could at its start. */
export function openFilesLimit(): number | undefined {
  // Read once: when all are open, it cannot be read any more.
  known ??= { limit: readLimit() }
  return known.limit
}

function readLimit(): number | undefined {
  try {
    const soft = process.platform === 'linux' ? fromProc() : fromReport()
    return soft === 'unlimited' ? undefined : Number(soft) || undefined
  } catch {
    return undefined
  }
}

/** How many connections go with so many files: `connectionsFor(1_024)` → 819. */
export function connectionsFor(files: number): number {
  return Math.max(1, Math.floor(Math.min(files * 0.8, files - ownFiles)))
}

function fromProc(): string | undefined {
  return /^Max open files\s+(\w+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
}

interface Report {
  readonly userLimits?: { readonly open_files?: { readonly soft: number | 'unlimited' } }
}

function fromReport(): number | string | undefined {
  // Elsewhere a report would look up the names of all addresses.
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean } = process.report
  const { excludeNetwork = false } = report
  report.excludeNetwork = true
  const { userLimits } = report.getReport() as Report
  report.excludeNetwork = excludeNetwork
  return userLimits?.open_files?.soft
}
