/** Milliseconds. */
const longestBreath = 50

/**
 * Gives the event loop a turn when 50 ms have passed since the last one, so that a page stays alive and an
 * interrupt is heard.
 */
export function breather(): () => Promise<void> {
  let rested = performance.now()
  return async () => {
    if (performance.now() - rested < longestBreath) return
    await new Promise((resolve) => setTimeout(resolve))
    rested = performance.now()
  }
}
