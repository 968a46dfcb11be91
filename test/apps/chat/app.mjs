import express from 'express'
import session from 'express-session'
import { turboCable } from 'turbo-cable'
import { Message, rooms } from './chat.mjs'

const sessions = session({ secret: 'of the session', resave: false, saveUninitialized: false })

export const app = express()
app.set('view engine', 'ejs')
app.use(sessions)
export const cable = turboCable({
  secret: process.env.TURBO_CABLE_SECRET ?? 'a secret for the tests, of some length',
  middleware: [sessions],
  authenticate: (request) => request.session.user ?? null,
  authorize: ({ identity, stream }) => rooms.get(stream.replace(/^room:/, ''))?.has(identity) ?? false,
})
app.use(cable, express.urlencoded())

app.post('/login', (req, res) => {
  req.session.user = req.body.user
  res.redirect(req.body.to ?? '/')
})
app.post('/logout', (req, res) => {
  const { user } = req.session
  req.session.destroy(() => {
    cable.disconnect(user)
    res.redirect('/')
  })
})
app.get('/', (_req, res) => res.render('login'))

// Who is not in the room gets nothing of it.
app.use('/rooms/:room', (req, res, next) => {
  if (!rooms.get(req.params.room)?.has(req.session.user)) return res.sendStatus(403)
  next()
})
app.get('/rooms/:room', (req, res) => {
  const { room } = req.params
  const stream = cable.signedStream(['room', room], { subject: req.session.user, expiresIn: 3_600_000 })
  res.render('room', { room, stream, messages: Message.in(room) })
})
app.post('/rooms/:room/messages', async (req, res) => {
  const { room } = req.params
  const text = req.body.text?.trim()
  if (text) {
    const message = Message.create({ room, author: req.session.user, text })
    await message.broadcastAppendTo(['room', room], { exclude: req })
    if (req.wantsTurboStream) return res.turboStream.append('messages', message).update('error', { text: '' })
  } else if (req.wantsTurboStream) return res.status(422).turboStream.update('error', { text: 'Say something' })
  res.redirect(`/rooms/${room}`)
})
app.post('/rooms/:room/members/:user/remove', (req, res) => {
  const { room, user } = req.params
  rooms.get(room).delete(user)
  cable.revoke(['room', room], user)
  res.redirect(`/rooms/${room}`)
})
