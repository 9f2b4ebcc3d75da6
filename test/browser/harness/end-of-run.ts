const leave = (): void => process.exit(1)

/**
 * Where a run is ended from outside, or gives up a worker, that worker exits. Browsers are ended when
 * their worker exits, but one that dies of a signal, or goes on without its run, would not get that far.
 */
export function exitWithRun(): void {
  for (const event of ['disconnect', 'SIGINT', 'SIGTERM', 'SIGHUP']) {
    if (!process.listeners(event as 'SIGINT').includes(leave)) process.on(event, leave)
  }
}
