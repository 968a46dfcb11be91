// Chat: rooms whose streams only members may listen to.
import { Router } from 'express'
import { Room } from '../models/room.mjs'
import { publicId } from '../visitor.mjs'

// How long a page may listen before it has to ask again: then it fetches itself anew, with a new right.
const right = 60 * 60 * 1000

export function rooms(cable) {
  const router = Router()

  router.get('/', (req, res) => {
    const list = Room.all().map((room) => ({ room, member: room.memberName(req.visitor) }))
    res.render('rooms/index', { list })
  })

  router.param('room', (req, _res, next, id) => {
    req.room = Room.find(id)
    next(req.room ? undefined : 'route')
  })

  const page = showRoom(cable)

  router.get('/:room', (req, res) => page(req, res))

  router.post('/:room/join', (req, res) => {
    const problem = textProblem(req.body?.name, 40)
    if (problem) return page(req, res.status(422), { problem })
    req.room.join(req.visitor, req.body.name)
    res.redirect(303, `/chat/${req.room.id}`)
  })

  router.post('/:room/leave', (req, res) => {
    req.room.leave(req.visitor)
    // Ends what is open now, in other tabs too. Later subscribes are answered by `authorize`, from the database.
    cable.revoke(req.room.stream, publicId(req.visitor))()
    res.redirect(303, '/chat')
  })

  router.post('/:room/messages', async (req, res) => {
    if (!req.room.memberName(req.visitor)) return page(req, res.status(403))
    const problem = textProblem(req.body?.text, 500)
    if (problem) return page(req, res.status(422), { problem })
    const message = await req.room.say(req.visitor, req.body.text, { exclude: req })
    if (!req.get('Accept')?.includes('text/vnd.turbo-stream.html')) return res.redirect(303, `/chat/${req.room.id}`)
    res.type('text/vnd.turbo-stream.html').render('rooms/sent', { message })
  })
  return router
}

const showRoom =
  (cable) =>
  async (req, res, { problem } = {}) => {
    const { room, visitor } = req
    const member = room.memberName(visitor)
    if (!member) return res.render('rooms/join', { room, problem })
    // The right is in the page: no cache may keep it.
    res.set('Cache-Control', 'private, no-store')
    const stream = res.locals.signedStream(room.stream, { expiresIn: right, subject: publicId(visitor) })
    // What is left of a draft: the form's own text where it was refused, else nothing.
    res.render('rooms/show', {
      room,
      member,
      stream,
      me: publicId(visitor),
      people: await cable.presence(room.stream),
      messages: room.messages(),
      problem,
      draft: problem ? req.body.text : '',
    })
  }

function textProblem(text, most) {
  const length = text?.trim().length ?? 0
  return length < 1 || length > most ? `Write something, in up to ${most} characters.` : undefined
}
