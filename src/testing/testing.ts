// `turbo-cable/testing`: what the tests of an app need. To import it keeps the process's broadcasts off the network.

export { assertBroadcasts, assertNoBroadcasts } from './broadcast-assertions'
export { allowHttp, type CapturedBroadcast, captureBroadcasts, type Sending } from './capture'
export { type BrowserPage, connected, type PageLocator } from './connected'
export { immediateScheduler } from './immediate-scheduler'
export {
  assertTurboFrame,
  assertTurboStream,
  type FetchedResponse,
  type FrameElement,
  type FrameExpectation,
  type ReadResponse,
  type StreamResponseExpectation,
  turboStreamHeaders,
} from './response-assertions'
export type { ElementExpectation, StreamElement } from './stream-element'
