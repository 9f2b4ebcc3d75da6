import { TestRunner } from 'vitest'

/** One failure kills a mutant: files that come after it are not even loaded. */
class StopAtFirstFailure extends TestRunner {
  private isOver = false

  override cancel(reason: Parameters<TestRunner['cancel']>[0]): void {
    this.isOver = true
    super.cancel(reason)
  }

  override importFile(path: string, source: 'collect' | 'setup'): unknown {
    return this.isOver && source === 'collect' ? undefined : super.importFile(path, source)
  }
}

// oxlint-disable-next-line import/no-default-export -- Vitest takes a runner so
export default StopAtFirstFailure
