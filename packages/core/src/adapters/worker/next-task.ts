/**
 * A function whose promise resolves in a task of its own, without the 4 ms that nested timers are clamped to.
 * Where training is synchronous underneath, its promises resolve in microtasks: without a task in between, a
 * worker that trains would never hear a message or a timer.
 */
export function createNextTask(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel()
  const waiting: (() => void)[] = []
  port1.onmessage = () => waiting.shift()?.()
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve)
      port2.postMessage(null)
    })
}
