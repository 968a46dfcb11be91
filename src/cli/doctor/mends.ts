// The lines that mend what the doctor finds, for each proxy: those of docs/hosting.md, which have been tried.

const table = {
  upgrade: {
    nginx: [
      'proxy_http_version 1.1;',
      'proxy_set_header Upgrade $http_upgrade;',
      'proxy_set_header Connection $connection_upgrade;',
    ],
    Apache: ['ProxyPass "/" "http://127.0.0.1:3000/" upgrade=websocket timeout=75'],
    Caddy: ['reverse_proxy 127.0.0.1:3000'],
    HAProxy: ['timeout tunnel 75s'],
  },
  host: {
    nginx: ['proxy_set_header Host $http_host;'],
    Apache: ['ProxyPreserveHost On'],
    Caddy: ['reverse_proxy 127.0.0.1:3000'],
    HAProxy: ['server node 127.0.0.1:3000'],
  },
  forwardedHost: {
    nginx: ['proxy_set_header X-Forwarded-Host $http_host;'],
    Apache: ['RequestHeader unset X-Forwarded-Host early'],
    Caddy: ['reverse_proxy 127.0.0.1:3000'],
    HAProxy: ['http-request set-header X-Forwarded-Host %[req.hdr(Host)]'],
  },
  broadcast: {
    nginx: ['location = /_broadcast { return 404; }'],
    Apache: ['<Location "/_broadcast">', 'Require all denied'],
    Caddy: ['respond /_broadcast 404'],
    HAProxy: ['http-request deny deny_status 404 if { path /_broadcast }'],
  },
  buffering: {
    nginx: ['proxy_buffering off;', 'gzip off;'],
    Apache: ['SetEnv no-gzip 1'],
    Caddy: ['flush_interval -1'],
    HAProxy: [],
  },
} as const satisfies Record<string, Record<ProxyName, readonly string[]>>

/** The proxies that docs/hosting.md has lines for, and that the doctor knows by their answers. */
export type ProxyName = 'nginx' | 'Apache' | 'Caddy' | 'HAProxy'

/** What may have to be mended. */
export type Mend = keyof typeof table

/** Every line there is, for the test that looks for each in docs/hosting.md. */
export const mendingLines: readonly string[] = Object.values(table).flatMap((each) => Object.values(each).flat())

/** The lines for a proxy, or for each where it is not known: `nginx: proxy_set_header Host $http_host;`. */
export function mending(mend: Mend, proxy: ProxyName | undefined): string[] {
  const lines = Object.entries<readonly string[]>(table[mend])
  const known = lines.filter(([name]) => proxy === undefined || name === proxy)
  return known.flatMap(([name, each]) => each.map((line) => `${name}: ${line}`))
}

/** The proxy that has answered, if it says so. HAProxy never does. */
export function proxyIn(headers: Readonly<Record<string, string | string[] | undefined>>): ProxyName | undefined {
  const said = `${headers.server ?? ''} ${headers.via ?? ''}`
  return (['nginx', 'Apache', 'Caddy'] as const).find((name) => new RegExp(name, 'i').test(said))
}
