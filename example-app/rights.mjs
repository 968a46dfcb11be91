// Who may listen to what: the options of turboCable() that say so.
import { Room } from './models/room.mjs'
import { publicId, socketVisitor } from './visitor.mjs'

/** `secret` signs the names in pages; `network` sees each socket. */
export function rights({ secret, network }) {
  return {
    secret,
    // With a secret a sender on this machine needs a token, too. The lines on the first page are to be tried without one.
    localBroadcasts: true,
    middleware: [socketVisitor, network.admit],
    authenticate: ({ visitor }) => ({ id: publicId(visitor), visitor }),
    // Every name in a page is signed. This one is asked for by name, by a script: its random id is the right to it.
    publicStreams: /^playlist_[\w-]{36,}$/,
    authorize: ({ identity, stream }) => {
      const room = Room.ofStream(stream)
      return room ? room.memberName(identity.visitor) !== undefined : true
    },
    // Members of a room tell each other that they type, and see who is there.
    whispers: /^room:/,
    presence: { streams: /^room:/, info: ({ visitor }, stream) => Room.ofStream(stream)?.personOf(visitor) },
    onPresence: ({ stream, present }) => Room.ofStream(stream)?.showPeople(present),
  }
}
