// `turbo-cable/testing` for `import`: the code that `require` gets, so that both see the same broadcasts.

export type {
  BrowserPage,
  CapturedBroadcast,
  ElementExpectation,
  FetchedResponse,
  FrameElement,
  FrameExpectation,
  PageLocator,
  ReadResponse,
  Sending,
  StreamElement,
  StreamResponseExpectation,
} from './testing.js'
export {
  allowHttp,
  assertBroadcasts,
  assertNoBroadcasts,
  assertTurboFrame,
  assertTurboStream,
  captureBroadcasts,
  connected,
  immediateScheduler,
  turboStreamHeaders,
} from './testing.js'
