// Pattern 3: a job of several steps that reports each as JSON.
const steps = [
  'Reading the regions',
  'Comparing with what is deployed',
  'Rendering the new configuration',
  'Checking certificates',
  'Copying to Frankfurt',
  'Copying to São Paulo',
  'Copying to Tokyo',
  'Reloading the proxies',
  'Waiting for health checks',
]

export async function updateConfiguration(update, jobs) {
  for (const [done, message] of steps.entries()) {
    await update.report({
      status: 'processing',
      progress: Math.round((100 * done) / steps.length),
      message: `${message}…`,
    })
    await jobs.pause(2)
  }
  await update.report({ status: 'completed', progress: 100, message: 'Every region has the new configuration.' })
  await update.showEnd()
}
