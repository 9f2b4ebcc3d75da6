import type { Outcome } from '../../playground/shared/verdict.js'

/** One refresh for twenty requests, and everybody was answered. */
export const clean: Outcome = {
  sent: 20,
  answered: 20,
  failed: 0,
  signedOut: 0,
  isSignedIn: true,
  refreshes: 1,
  refreshesRefused: 0,
  reuseDetected: 0,
  fault: 'none',
  isHanging: false,
  isMixed: false,
}
