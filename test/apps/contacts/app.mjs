import express from 'express'
import { turboCable } from 'turbo-cable'
import { Contact } from './contact.mjs'

export const app = express()
app.set('view engine', 'ejs')
app.use(turboCable(), express.urlencoded())

app.get('/', (_req, res) => res.redirect('/contacts'))
app.get('/contacts', (_req, res) => res.render('contacts/index', { contacts: Contact.all(), contact: new Contact() }))

app.post('/contacts', (req, res) => {
  const contact = new Contact()
  const saved = contact.save(req.body)
  if (!req.wantsTurboStream) {
    if (saved) return res.redirect('/contacts')
    return res.status(422).render('contacts/index', { contacts: Contact.all(), contact })
  }
  if (!saved)
    return res.status(422).turboStream.replace('new_contact', { partial: 'contacts/form', locals: { contact } })
  res.turboStream.view('contacts/create', { contact })
})

app.param('id', (req, res, next, id) => {
  req.contact = Contact.find(id)
  if (!req.contact) return res.sendStatus(404)
  next()
})
app.get('/contacts/:id', ({ contact }, res) => res.render('contacts/show', { contact }))
app.get('/contacts/:id/edit', ({ contact }, res) => res.render('contacts/edit', { contact, values: contact }))
app.post('/contacts/:id', ({ contact, body }, res) => {
  if (!contact.save(body)) return res.status(422).render('contacts/edit', { contact, values: body })
  res.redirect(`/contacts/${contact.id}`)
})
