// Sends a form as a browser would, and asks for JSON.

/** Resolves to the answer's JSON. Rejects with a message for the visitor. */
export async function post(form, submitter) {
  const response = await fetch(form.action, {
    method: 'POST',
    headers: { Accept: 'application/json' },
    body: new URLSearchParams(new FormData(form, submitter)),
  }).catch(() => {
    throw new Error('The server cannot be reached. Try again in a moment.')
  })
  if (!response.ok) throw new Error(`The server said: ${await response.text()}`)
  return response.json()
}
