interface EventSource {
  addEventListener?(type: string, listener: () => void): void
  removeEventListener?(type: string, listener: () => void): void
}

interface Page extends EventSource {
  readonly visibilityState?: string
}

/**
 * Calls `woken` when the network comes back or the page comes into view, where the platform tells;
 * the function that it returns ends that.
 */
export function onWake(woken: () => void): () => void {
  // Looked up when called: nothing is touched at import, and much is missing outside pages.
  const scope = globalThis as EventSource & { readonly document?: Page }
  const page = scope.document
  const seen = (): void => {
    if (page?.visibilityState === 'visible') woken()
  }
  scope.addEventListener?.('online', woken)
  page?.addEventListener?.('visibilitychange', seen)
  return () => {
    scope.removeEventListener?.('online', woken)
    page?.removeEventListener?.('visibilitychange', seen)
  }
}
