// A model with a validation and a class's list of records, in place of an ORM.

import { Broadcastable, committed } from 'turbo-cable'

export class Contact extends Broadcastable() {
  static #all = new Map()
  name = ''
  email = ''
  errors = []

  static all() {
    return [...Contact.#all.values()]
  }

  static find(id) {
    return Contact.#all.get(Number(id))
  }

  /** As in Rails: false, and `errors`, where it is not valid. */
  save(values) {
    const { name = '', email = '' } = values
    this.errors = email.includes('@') ? [] : ['Email is invalid']
    if (this.errors.length > 0) return false
    const change = this.id ? 'update' : 'create'
    this.id ??= Contact.#all.size + 1
    Contact.#all.set(this.id, Object.assign(this, { name, email }))
    committed(this, change)
    return true
  }
}
Contact.broadcastsTo('contacts')
