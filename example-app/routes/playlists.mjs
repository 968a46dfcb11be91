// Pattern 4, playlist download: progress as JSON, on a stream that is born with the request.
import { Router } from 'express'
import { makePlaylist } from '../jobs/playlist.mjs'
import { listStream, Playlist } from '../models/playlist.mjs'

export function playlists(jobs) {
  Playlist.interrupt()
  const router = Router()

  router.get('/', (req, res) => {
    page(req, res, Playlist.recent(req.visitor)[0])
  })

  router.get('/:id', (req, res, next) => {
    const playlist = Playlist.find(req.params.id)
    if (playlist) page(req, res, playlist)
    else next()
  })

  router.get('/:id/download', (req, res, next) => {
    const playlist = Playlist.find(req.params.id)
    if (!playlist?.content) return next()
    res.attachment('offline-playlist.m3u8').type('application/vnd.apple.mpegurl').send(playlist.content)
  })

  router.post('/', async (req, res) => {
    const playlist = await Playlist.create(req.visitor)
    jobs.start(() => makePlaylist(playlist, jobs))
    if (req.accepts(['html', 'json']) === 'html') return res.redirect(303, `/playlists/${playlist.id}`)
    // The position at which this request arrived: whoever subscribes from it misses nothing, however late.
    res.json({ stream: playlist.stream, cursor: res.locals.turboCableCursor })
  })
  return router
}

function page(req, res, playlist) {
  const list = { stream: listStream(req.visitor), playlists: Playlist.recent(req.visitor) }
  res.render('playlists/index', { playlist, list })
}
