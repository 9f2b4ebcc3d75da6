declare module 'fs-native-extensions' {
  /** Locks an open file, until it is closed; false where somebody else has locked it. */
  export function tryLock(fd: number): boolean
}
